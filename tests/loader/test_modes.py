"""Speech, writing or thought, on a hundred cues of news articles that were read by hand."""

from __future__ import annotations

import pytest

from api.loader.modes import mode_of

READ_BY_HAND = {
    "speech": """
        said; says; told; according to; added; asked; called; noted; announced; argued; accused; declined; has said;
        also said; declared; urged; acknowledged; said:; refused; replied; promised; vowed; pledged; criticized;
        denied; has strongly denied; continually brags about; yelling; bemoaned; had previously announced; exhorted;
        chanted; joked; spoke about; did not address; pleads for; grilled; also points out; railed against; implored;
        is demanding; went on to say; shot back; said in an interview; put it; talked about; warned; praised;
        insisted; has admitted; charges; has promised; states; mentioned; has publicly signaled; was asked about
    """,
    "writing": """
        wrote; tweeted; said in a statement; posted; writes; emailed; issued a statement saying; wrote in an op-ed;
        said in a letter; wrote on Twitter; tweeting; published; signed; retweeted; a report; said in an email
    """,
    "thought": """
        think; believe; wants; hopes; thought; knows; believes; expected; is widely expected; hoped; wondering about;
        feeling; didn't expect; would have loved; is ready; fear; prefer; plans; decided; understand; was confident;
        seemed; appears; are worried; sees; doubts; considered; are eager
    """,
}
CASES = [(cue.strip(), mode) for mode, cues in READ_BY_HAND.items() for cue in cues.split(";")]


def test_a_hundred_cues():
    wrong = [(cue, mode, mode_of(cue)) for cue, mode in CASES if mode_of(cue) != mode]
    assert len(CASES) == 100
    assert len(wrong) <= 5, wrong


@pytest.mark.parametrize(
    "cue, mode, why",
    [
        ("plans to announce", "thought", "the first of two verbs decides"),
        ("announced plans", "speech", "a noun of thinking after a verb of speech"),
        ("SAID", "speech", "case is nothing"),
        ("", "speech", "no words"),
        (":", "speech", "a mark"),
        ("told us in his letter", "writing", "a letter is written whatever its verb"),
        ("verkündete", "speech", "a word that the table does not know"),
    ],
)
def test_mode(cue, mode, why):
    assert mode_of(cue) == mode, why
