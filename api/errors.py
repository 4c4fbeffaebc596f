"""What can go wrong below HTTP.

    SourcebookError
    ├── LoadError            one document could not become records; a batch goes on
    │   ├── EmptyDocument    no text in it
    │   ├── NotText          bytes that are no text of any kind we read (binary, broken encoding)
    │   ├── TooLarge         over the limit for one document
    │   ├── BadLine          a line of a .jsonl file that is not a document
    │   ├── BadArchive       an archive, or a record of one, that is broken or cut off
    │   ├── Unreadable       a file that is not there or cannot be opened
    │   └── NoDocuments      a folder or archive without a document of a kind that we read
    ├── StoreError           the database cannot be used as it is
    │   └── ForeignDatabase  a database that another program made
    ├── QueryError           a request that is well-formed but means nothing (search text, cursor)
    ├── CorrectionRefused    a correction that cannot be made
    └── SettingError         an environment variable that cannot be read

Every message names the input that caused it.
"""


class SourcebookError(Exception):
    """The root of everything that this package raises on purpose."""


class LoadError(SourcebookError):
    """One document could not become records.

    ``id`` is the document's own id where its source gave one (a line's ``id``, else its name).
    """

    def __init__(self, message: str, id: str | None = None) -> None:
        super().__init__(message)
        self.id = id


class EmptyDocument(LoadError):
    """There is no text in the document."""


class NotText(LoadError):
    """The bytes are no text of a kind that we read."""


class TooLarge(LoadError):
    """The document is over the limit for one document."""


class BadLine(LoadError):
    """A line of a JSON Lines file is not a document."""


class BadArchive(LoadError):
    """An archive, or one record of it, is broken, cut off or of a kind that we do not open."""


class Unreadable(LoadError):
    """The file is not there, or cannot be opened."""


class NoDocuments(LoadError):
    """There is no document of a kind that we read in the folder or archive."""


class StoreError(SourcebookError):
    """The database cannot be used as it is."""


class ForeignDatabase(StoreError):
    """The database was made by another program; nothing was written to it."""


class QueryError(SourcebookError):
    """A query's value means nothing: ``parameter`` names which."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class SettingError(SourcebookError):
    """An environment variable cannot be read as the setting it names."""


class CorrectionRefused(SourcebookError):
    """A correction that cannot be made: a foreign quote, a speaker merged into itself."""
