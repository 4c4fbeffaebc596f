"""How pages say around a comment who wrote it, when, and what one can do about it, in several languages."""

from __future__ import annotations

import re
from typing import Final

from api.loader.relative import FORMS

_SPACE = r"[ \xa0]"
_SAID = r"(?:says|said|wrote|writes|commented|replied|schrieb|sagt|meint|a écrit|dice|dijo)"
_NO_NAME = r"(?-i:the|this|that|then|now|my|our|your|his|her|their|its|an?|all|any|no)"  # "By the way, ..."
_MONTH = (
    r"(?:jan|jänner|feb|mar|maart|mrt|apr|may|mei|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr?|avr|juin|juil|août|déc|ene"
    r"|abr|ago|dic|gen|mag|giu|lug|set|ott|fev|out)[a-zéû]{0,9}\.?"
)

# What hints at a date, cheap enough for a whole page; dates.py tells what it is.
DATE: Final = re.compile(
    rf"\b{_MONTH}{_SPACE}\d{{1,2}}(?:st|nd|rd|th)?\b|\b\d{{1,2}}(?:st|nd|rd|th)?\.?(?:{_SPACE}|-)(?:de{_SPACE})?{_MONTH}"
    r"|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?:\b|(?=T\d))"
    rf"|\b\d{{1,2}}\.\d{{1,2}}\.?,{_SPACE}\d{{4}}\b"
    r"|(?<!\d)(?:\d{4}年)?\d{1,2}月\d{1,2}日"
    rf"|{FORMS}",
    re.IGNORECASE,
)

# A line that names its writer: "Posted by Ann Lee on ...", "Ann Lee says".
BYLINE: Final = re.compile(
    rf"(?:#?\d{{1,4}}[.):]?{_SPACE}+)?"
    rf"(?:(?:at|on){_SPACE}[^\n]{{1,40}}?(?:\d{{4}}|\d{_SPACE}?[ap]\.?m\.?),{_SPACE})?"  # "At 3:14 PM, Ann Lee said"
    rf"(?:(?:(?:posted|submitted|written|authored|comment|kommentar|commentaire|said|sent|left|reply|published|added"
    rf"|created)\b{_SPACE}?"
    rf"(?:by|from)|(?:by|von|par|por)(?!{_SPACE}{_NO_NAME}\b)|from:|name:)[ :\xa0]{{1,3}}"
    rf"(?P<by>[^\n|•·»,:]{{1,60}}?)(?={_SPACE}*(?:\||•|·|»|,|:|@|\n|\Z|{_SPACE}(?:on|at|am|le|el|posted)\b|{_SPACE}[—–-]{_SPACE}|{_SPACE}\())"
    rf"|(?P<says>[^\n|•·»,:]{{1,60}}?){_SPACE}*(?:,{_SPACE}*)?\b{_SAID}"
    rf"(?={_SPACE}*(?:[:.…,|•·»(–—-]|\n|\Z|\d|(?:on|at|am|um|le|el|this)\b)))",  # "My wife said so" names nobody
    re.IGNORECASE,
)
AFTER_NAME: Final = re.compile(
    rf"{_SPACE}*(?:,?{_SPACE}{_SAID}\b.*|{_SPACE}(?:on|at|am|um)\b(?:{_SPACE}\w{{3,6}}day)?|[:：·•|»—–,，(@/-]+|\[[^\]\n]{{0,40}}\])\Z",
    re.IGNORECASE | re.DOTALL,
)
SIGNED_BELOW: Final = re.compile(r"\W*(?:posted|comment|submitted|written|left) by\b|[—–-]", re.IGNORECASE)
NAME_AND_PLACE: Final = re.compile(  # "Ann Lee, Leeds, UK" below somebody's words
    r"(?P<name>[A-ZÀ-Þ][^,\d\n]{1,40}),[ \xa0][A-ZÀ-Þ][^\d\n]{1,40}(?<![.!?])"
)
LINKED_HERE: Final = re.compile(r"(?:ping|track)back\b", re.IGNORECASE)  # in a name's place: another page
LINKED_FROM: Final = re.compile(  # before the name of such a page
    r"\W*(?:ping|track)back\b(?:\s+(?:by|from|von|de|par)\b)?\W*\Z",
    re.IGNORECASE,
)
BEFORE_NAME: Final = re.compile(
    rf"\A(?:(?:[@#·•|—–:,(-]+|#?\d{{1,4}}(?:[.):]|(?={_SPACE}(?-i:[A-Z]))|(?<=#\d)|(?<=#\d\d))){_SPACE}*)*"
    rf"(?:(?:(?:posted|submitted|written|authored|comment|kommentar|commentaire|reply|soumis){_SPACE})?"
    r"(?:by|from|(?:(?-i:von|par|por)|(?:von|par|por)(?=[: \xa0]+\S+ \S))(?![: \xa0]+(?:de[rn]?|la|le)\b))[: \xa0]+)?",
    re.IGNORECASE,  # "Von Trier" and "von der Leyen" are names
)
CLOSING: Final = re.compile(  # what stands below the last comment
    r"^(?:copyright\b|©|\(c\) \d|all rights reserved|powered by\b"
    r"|(?:please )?(?:log ?in|sign in|register)\b.{0,40}\bcomment|you must (?:be|log|sign)\b"
    r"|(?:add|post|leave|write|submit) (?:a |your )?(?:new )?(?:comment|reply|response)\b"
    r"|(?:neuen? |einen |deinen |ihren )?kommentare? (?:schreiben|verfassen|hinzufügen|abgeben|hinterlassen)\b"
    r"|(?:schreibe?n?|hinterlass(?:e|en)?) (?:sie )?(?:einen|deinen|ihren) kommentar\b"
    r"|(?:laisse[rz]?|ajoute[rz]?|écri(?:re|vez)|poste[rz]?) (?:un|votre) commentaire\b"
    r"|comments (?:are|have been) (?:now )?closed)",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENTS = (
    r"(?:kommentar(?:e|er)?|commentaires?|coment[aá]rios?|commenti|reacties|komentarz[ey]?|yorum(?:lar)?"
    r"|комментари[йяи]|комментариев|коментари?|(?:网友|热门|最热|最新)?评论|評論|跟贴|コメント|댓글)"
)
_MACHINERY = (  # links and labels beside a comment, which are nobody's words; longer before shorter
    r"(?:joined|join date|registered|member since|location|posts):[^\n]{0,40}|post subject:[^\n]{0,90}",
    r"post follow-?up|alert (?:a |the )?moderators?",
    r"reply|reply to this(?: comment)?|quote|permalink|perma ?link|link|report(?: (?:abuse|comment|post))?",
    r"flag(?: as \w+)?|likes?(?: this)?|dislike|unlike|share|share it|tweet|edit|delete|hide|parent|root",
    r"répondre à ce (?:message|commentaire)|alerter|odpowiedz|zgłoś(?: wpis)?|ответить|цитировать|пожаловаться",
    r"yanıtla|reageer|beantwoorden|返信|답글|신고",
    r"(?:(?:查看|对话|回复|回覆|举报|分享|收藏|赞(?=回复)|[赞踩顶](?=\d)|全部|条?评论)\d{0,6})+",  # without gaps
    r"prev|next|context|save|give award|more|see more|show more|log ?in to reply|up|down|vote(?: up| down)?",
    r"upvote|downvote",
    r"recommend|respect|top|back to top|antworten|répondre|responder|rispondi|melden|zitieren|beantworten",
    r"says?|said|wrote|writes|on|at|by|am|um|le|à|posted(?: by| on| at)?|submitted(?: by)?|comment(?: by)?",
    r"log ?in|sign in|sign up|view all|view|fans?|followers?|friends?|verified account|moderate",
    r"feature this comment|history|\d+|[+-]?\d+ (?:points?|votes?|likes?|replies|reply|people like this)",
    r"points?|votes?|score|collapse|expand|mod(?:erator)?|author|autor(?:in)?|auteur|op|staff|member|guest",
    r"junior member|senior member|edited|updated|join date|posts?|ago|this comment|to this|in reply to|view profile",
    r"link to (?:this )?comment|copy link|embed|your comment is awaiting moderation",
    r"(?:add|leave|post|write|make)(?: an?| your| the first)? (?:comment|reply|response)|(?:no )?comments?(?: so far)?",
    r"responses?|read more|continue reading|filed under|posted in|tags?|judge it",
    r"post reply|private reply|view replies|to \d+|answered|asked|jump to top|thread|message|views?|topics?|last post",
    r"print view|previous|nick(?:name)?|user ?name|date(?: added)?|data dodania|datum",
    _COMMENTS,
)
MACHINERY: Final = re.compile(
    rf"(?!\s*\+1\b|[^\n]*\w\?)[\W_]*+(?>(?:{'|'.join(_MACHINERY)})\b[\W_]*)++|[\W_]*", re.IGNORECASE
)
MACHINERY_CHARACTERS: Final = 120  # more is prose
SAID: Final = re.compile(rf"\b{_SAID}\W*\Z", re.IGNORECASE)

_MANY = (
    r"comments?|responses?|repl(?:y|ies)|opinions|reactions?|feedback|discussion|talkback|conversation",
    rf"join the (?:conversation|discussion)|{_COMMENTS}",
    r"leserbriefe|meinung(?:en)?|réactions?|avis|thoughts on\b.{0,200}",
    r"what (?:(?:our|other) )?readers (?:say|said|are saying|think|wrote)|(?:our )?readers (?:respond|react|write)",
    r"(?:sign )?(?:my |our |the )?guest ?book|(?:have )?your (?:say|views)",
    r"(?:customer|reader|user) reviews|comments? & replies|answers",
)
HEADING: Final = re.compile(  # "3 responses to ...", "Readers' comments (12)"
    r"\W{0,9}(?:replies:\s+)?(?:(?P<count>\d[\d.,]{0,9}|one|two|three|no)\s+)?"
    r"(?:readers?['’]?s?\s+|user\s+|visitor\s+|your\s+|wasze\s+)?"
    rf"(?:{'|'.join(_MANY)})\b(?:\s+from(?:\s+our)?\s+readers)?"
    r"(?:\s+(?:to|on|so far|for)\b.{0,200}|\s{0,3}\(?(?P<count_after>\d{0,9})\)?\W{0,9}"
    r"|\s{0,3}\((?:latest|newest|oldest|most recent)(?: \w{1,12})? first\)\W{0,9})\Z",
    re.IGNORECASE,
)
HEADING_CHARACTERS: Final = 240
RECENT: Final = re.compile(  # the heading of what readers wrote on other pages
    r"\W{0,9}(?:(?:most )?recent (?:reader )?(?:comments?|replies|responses)|(?:neueste|letzte|aktuelle) kommentare"
    r"|derniers? commentaires?|commentaires récents|[uú]ltimos? coment[aá]rios?|comentarios recientes"
    r"|comentários recentes|ultimi commenti|commenti recenti|laatste reacties|(?:ostatnie|najnowsze) komentarze"
    r"|(?:последние|новые|свежие) комментарии|son yorumlar|最近のコメント)\W{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
REPLY: Final = re.compile(
    r"(?<!leave a )\b(?:reply|quote|report(?: abuse)?|flag|antworten|répondre|responder)\b",
    re.IGNORECASE,
)
FORUM: Final = re.compile(r"\b(?:join date|joined|registered|member since)\s?:", re.IGNORECASE)
NOT_POSTED: Final = re.compile(  # before a date: that of something else
    r"\b(?:join(?:ed)?(?: date)?|registered|member since|last (?:edited|seen|visit)\b.{0,30}?)(?: on)?:?\s*\Z",
    re.IGNORECASE,
)
NOT_POSTED_CHARACTERS: Final = 60
FORUM_MAKERS: Final = re.compile(
    r"vbulletin|phpbb|\bsmf\b|simple machines|mybb|xenforo|invision|discuz|punbb|fluxbb|discourse|vanilla"
    r"|yabb|woltlab",
    re.IGNORECASE,
)

PROFILE: Final = re.compile(  # in a link to the page of the one whose name it shows
    r"\b(?:members?|profile|users?|people|authors?|account)\b|member_|_profile", re.IGNORECASE
)
STAMP: Final = re.compile(rf"{DATE.pattern}|\b\d{{1,2}}:\d\d\b", re.IGNORECASE)
NAME_CHARACTERS: Final = 60
BYLINE_WORDS: Final = 6
PROSE: Final = re.compile(  # what no name holds
    r"\A(?:\d+\s|(?:i|he|she|they|we|you|it|who|what|this|that|there)\b)|[a-z]{4}[.!?]\s|[a-z]{3}[.!?]+\Z|[?!]\Z"
    r"|[，。！？]|\Are: |\s(?:the|that|and|of|was|is|has|what)\s",
    re.IGNORECASE,
)


def name_in(words: str) -> str | None:
    """The name in ``words``, without what says that it is one; None for what is no name.

    >>> name_in("Von Trier"), name_in("Von Ann Lee"), name_in("von Ann"), name_in("Von der Leyen")
    ('Von Trier', 'Ann Lee', 'Ann', 'Von der Leyen')
    >>> name_in("Ann Lee says:"), name_in("Posted by: Ann Lee"), name_in("Reply"), name_in("May 5, 2012")
    ('Ann Lee', 'Ann Lee', None, None)
    """
    dated = STAMP.search(words)
    words = words[: dated.start()] if dated else words
    name = AFTER_NAME.sub("", BEFORE_NAME.sub("", words.strip(), count=1).strip()).strip()
    if not name or len(name) > NAME_CHARACTERS or "\n" in name or is_machinery(name):
        return None
    return name


def short_name(words: str) -> str | None:
    """The name in ``words`` where there is little else, and no sentence."""
    name = name_in(words)
    if name is None or len(name.split()) > BYLINE_WORDS or PROSE.search(name):
        return None
    return name if any(map(str.isalpha, name)) else None


def is_machinery(words: str) -> bool:
    """Whether there is nothing but links, counts and labels of the page in the words.

    >>> is_machinery("Reply · 3 likes"), is_machinery("I like it")
    (True, False)
    """
    words = words.strip()
    return len(words) <= MACHINERY_CHARACTERS and MACHINERY.fullmatch(words) is not None


def is_posted(text: str, start: int, at: int) -> bool:
    """Whether nothing in the line, which begins at ``start``, says that the date at ``at`` is of something else.

    >>> [is_posted("Joined: 12 Mar 2006, posted: 3 May 2012", 0, at) for at in (8, 29)]
    [False, True]
    """
    return NOT_POSTED.search(text, max(start, at - NOT_POSTED_CHARACTERS), at) is None


def printed_byline(line: str) -> str | None:
    """The writer that a line names: "Posted by Ann Lee on ...", "Ann Lee says"; None where it names none."""
    match = BYLINE.match(line)
    return short_name(match.group("by") or match.group("says")) if match else None
