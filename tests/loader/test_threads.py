"""Readers' comments in markup that real pages have and our own pages of each system do not."""

from __future__ import annotations

import pytest

from api.loader.dates import MONTHS
from api.loader.markup import page
from api.loader.phrases import DATE, is_machinery

ARTICLE = "<h1>The bridge</h1>" + "<p>The bridge closes in May, and nobody knows for how long.</p>" * 4

COMMENTS = [  # markup below the article, (author, date, words) of each comment, why
    (
        "<ol id='commentlist'>"
        "<li id='comment-9'><p>It never opened.</p><p><cite>Comment by <a href='http://a.example'>Ann Lee</a> "
        "&#8212; 17.07, 2011 @ <a href='#comment-9'>13:04</a></cite></p></li>"
        "<li id='comment-10'><p>My wife said that it did, once.</p><p><cite>Comment by Tom &#8212; 17.07, 2011 @ "
        "<a href='#comment-10'>13:10</a></cite></p></li></ol>",
        [
            ("Ann Lee", "17.07, 2011 @ 13:04", "It never opened."),
            ("Tom", "17.07, 2011 @ 13:10", "My wife said that it did, once."),
        ],
        'numbered, signed after the words, and "My wife said" names nobody',
    ),
    (
        "<div class='comment' id='comment_3'><div class='comment-title'><a href='/u/3'>Rowan</a> &middot; "
        "<span class='comment-timestamp'>2020-05-19T17:52:00Z</span></div>"
        "<div class='comment-content'>Who pays for it?</div></div>"
        "<div class='comment' id='comment_4'><div class='comment-title'><a href='/u/4'>Jo</a> &middot; "
        "<span class='comment-timestamp'>2020-05-19T18:02:00Z</span></div>"
        "<div class='comment-content'>We all do.</div></div>",
        [
            ("Rowan", "2020-05-19T17:52:00Z", "Who pays for it?"),
            ("Jo", "2020-05-19T18:02:00Z", "We all do."),
        ],
        "dates printed in ISO 8601",
    ),
    (
        "<article class='comment comment--recommended' id='cid-5'><h4 class='comment-meta__name'>Ann-Marie Roy</h4>"
        "<a class='comment-meta__date'>3 May 2024</a><div class='comment__body'><p>Close it now.</p></div></article>"
        "<article class='comment comment--indented' id='cid-6'><h4 class='comment-meta__name'>J.-P. Moss</h4>"
        "<a class='comment-meta__date'>4 May 2024</a><div class='comment__body'><p>Or never.</p></div></article>",
        [("Ann-Marie Roy", "3 May 2024", "Close it now."), ("J.-P. Moss", "4 May 2024", "Or never.")],
        "a recommended comment is no recommended page, and names keep their hyphens",
    ),
    (
        "<ol class='commentlist'><li class='comment' id='comment-1'><cite class='fn'>Ann</cite> "
        "<span class='comment-date'>3 May 2024</span><p>Close it now.</p></li>"
        "<li class='comment' id='comment-2'><cite class='fn'>Pingback von Bridges</cite> "
        "<span class='comment-date'>4 May 2024</span><p>[…] as we wrote in April […]</p></li></ol>",
        [("Ann", "3 May 2024", "Close it now.")],
        "a page that links here is no reader",
    ),
    (
        "<div class='comment odd' id='li-comment-7'><p><a class='url' rel='external nofollow' href='http://a.example'>"
        "Ed Hart</a> <a class='comment-link' href='#comment-7'>1 year</a></p><p>Thank you.</p></div>"
        "<div class='comment even' id='li-comment-8'><p><a class='url' rel='external nofollow' "
        "href='http://b.example'>"
        "Jo</a> <a class='comment-link' href='#comment-8'>1 year</a></p><p>Not at all.</p></div>",
        [("Ed Hart", None, "Thank you."), ("Jo", None, "Not at all.")],
        "a writer's own address is a name, a link to the comment is not its words",
    ),
    (
        "<ol class='commentlist'><li class='comment' id='comment-1'><cite class='fn'>Ann</cite> "
        "<a href='#comment-1'>3 May 2024</a><p>Close it now.</p></li>"
        "<li class='comment' id='comment-2'><cite class='fn'>Tom</cite> "
        "<a href='#comment-2'>4 May 2024</a><p><a href='#comment-1'>@Ann</a> is wrong about this.</p></li></ol>",
        [("Ann", "3 May 2024", "Close it now."), ("Tom", "4 May 2024", "@Ann is wrong about this.")],
        "a link to another comment is the writer's word",
    ),
    (
        "<div id='c12'><p>Opening hours of our archive, by Ann Lee.</p></div>"
        "<div id='c13'><p>Directions to the archive, by Ann Lee.</p></div>",
        [],
        "an id of a letter and a number alone is no comment's",
    ),
    (
        "<div id='comments'><h4>1 comment:</h4><dl id='comments-block'><dt class='comment-author' id='c71'>"
        "<a href='http://a.example'>Ann Lee</a> said...</dt><dd class='comment-body'><p>Close it.</p></dd>"
        "<dd class='comment-footer'><span class='comment-timestamp'><a href='#c71'>May 3, 2012 at 9:14 AM</a></span>"
        "</dd></dl></div>",
        [("Ann Lee", "May 3, 2012 at 9:14 AM", "Close it.")],
        "a page's only comment, in parts that are named",
    ),
    (
        "<h3>1 Comment</h3><p><b>Ann Lee</b> wrote on May 3, 2012:</p><p>Close it now.</p><h3>More</h3>"
        "<p><b>The mill</b> May 2, 2012<br>It was sold, all of it, to nobody knows whom.</p>",
        [("Ann Lee", "May 3, 2012", "Close it now.")],
        "a page's only comment, named by a heading alone, which another heading ends",
    ),
    (
        "<h4>2 comments</h4><div class='r1'><p>Could not agree more with the above. Well said, both of you.</p>"
        "<p>Posted by Ann on May 3, 2012</p></div><div class='r2'><p>It was on May 5, 2009 that they promised us "
        "a second bridge, and it is still on the leaflet that I kept.</p><p>Posted by Tom on May 4, 2012</p></div>",
        [
            ("Ann", "May 3, 2012", "Could not agree more with the above. Well said, both of you."),
            (
                "Tom",
                "May 4, 2012",
                "It was on May 5, 2009 that they promised us a second bridge, and it is still on the leaflet that I "
                "kept.",
            ),
        ],
        "neither a verb of saying nor a date in a sentence signs it",
    ),
    (
        "<h4>Comments</h4><div><b>Ann</b> says:<br>Close it now.<br>May 3, 2012<br><b>Tom</b> says:<br>Or never.<br>"
        "May 4, 2012</div>",
        [("Ann", "May 3, 2012", "Close it now."), ("Tom", "May 4, 2012", "Or never.")],
        "a date below the words is that of the name above them",
    ),
    (
        "<ol class='commentlist'><li class='comment' id='comment-1'><b class='author'>Ann</b> May 3, 2012"
        "<p>Close it now.</p></li><li class='comment' id='comment-2'><div><b class='author'>Tom</b> May 4, 2012"
        "<p>Or never.</p><form><p>Your name</p></form><p>Rain on Sunday, sun on Monday.</p>",
        [("Ann", "May 3, 2012", "Close it now."), ("Tom", "May 4, 2012", "Or never.")],
        "a form ends what no end tag does",
    ),
    (
        "<table><tr><td>Author</td><td>Message</td></tr>"
        "<tr><td class='row1'><b class='name'>Ann</b><br>Joined: 12 Mar 2006</td><td>Posted: May 3, 2012 9:14 am<hr>"
        "<span class='postbody'>Will they ever close it?</span></td></tr><tr><td>Back to top</td></tr>"
        "<tr><td class='row2'><b class='name'>Tom</b><br>Joined: 13 Mar 2006</td><td>Posted: May 4, 2012 9:14 am<hr>"
        "<span class='postbody'>Nobody knows, it seems.</span></td></tr><tr><td>Back to top</td></tr></table>",
        [("Tom", "May 4, 2012 9:14 am", "Nobody knows, it seems.")],
        "a forum's first post is answered by the others, and a day of joining is not theirs",
    ),
    (
        "<h3 id='comments'>2 Responses</h3><ol class='trackbacklist'><li id='comment-90'>Pingback: <a "
        "href='http://weir.example'>The bridge</a> on May 9, 2012</li><li id='comment-91'>Pingback: <a "
        "href='http://weir.example/2'>More on it</a> on May 11, 2012</li></ol>",
        [],
        "other pages' links alone are no comments",
    ),
    (
        "<ul class='commented'><li class='comment'><a href='/1'>The mill is sold</a> 12 comments</li>"
        "<li class='comment'><a href='/2'>Rain on Sunday</a> 3 comments</li></ul>",
        [],
        "what is most commented on is no comment",
    ),
    (
        "<div id='c35' class='frame'><b>Before you go</b><br>Take a map and a coat with you.</div>"
        "<div id='c114' class='frame'><b>Opening hours</b><br>From ten to four on weekdays, in the old mill.</div>"
        "<div id='c677' class='frame'><b>How to find us</b><br>By the weir, on 3 July 2018 as on any day.</div>",
        [],
        "boxes headed in bold are no comments unless named so",
    ),
    (
        "<h3>2 Kommentare</h3><div><p>#1 Kommentar von Ann<br>26. März 2024, 16:19</p><p>Close it now.</p>"
        "<p>#2 Kommentar von Tom<br>27. März 2024, 16:19</p><p>Or never.</p></div><h3>Kommentare schreiben</h3>"
        "<p>Rain on Sunday.</p>",
        [("Ann", "26. März 2024, 16:19", "Close it now."), ("Tom", "27. März 2024, 16:19", "Or never.")],
        "what says that a comment's writer follows is not the name, in German too",
    ),
    (
        "<ul class='x-commentlist'><li><b>Ann</b> says:<br><time>3 May 2012</time><br><div>Close it now, all of "
        "you.</div><ul class='x-commentlist'><li><b>Tom</b> says:<br><time>4 May 2012</time><br><div>Better never "
        "than late.</div></li><li><b>Una</b> says:<br><time>4 May 2012</time><br><div>Sooner is better, Tom.</div>"
        "</li></ul></li><li><b>Ida</b> says:<br><time>5 May 2012</time><br><div>The weir is lovely in May.</div></li>"
        "<li><b>Ole</b> says:<br><time>6 May 2012</time><br><div>It is lovely in June too.</div></li></ul>",
        [
            ("Ann", "3 May 2012", "Close it now, all of you."),
            ("Tom", "4 May 2012", "Better never than late."),
            ("Una", "4 May 2012", "Sooner is better, Tom."),
            ("Ida", "5 May 2012", "The weir is lovely in May."),
            ("Ole", "6 May 2012", "It is lovely in June too."),
        ],
        "answers in a list like the comments' own are comments",
    ),
    (
        "<ol class='commentlist'><li id='comment-1'><cite>Pingback von <a class='url' href='http://weir.example'>The "
        "weir</a></cite> <small>11.09.2011</small><p>[…] the bridge stays closed […]</p></li><li id='comment-2'>"
        "<cite>Pingback von <a class='url' href='http://weir.example/2'>The weir</a></cite> <small>12.09.2011</small>"
        "<p>[…] closed […]</p></li></ol>",
        [],
        "a page that links here is no reader, whatever it is called",
    ),
    (
        "<ol class='commentlist'><li id='comment-1' class='comment'><p class='comment-meta'><time>3 May 2012</time>"
        "<span class='vcard'>, par Ann</span></p><p class='comment-content'>Close it now.</p></li>"
        "<li id='comment-2' class='comment'><div class='comment-author vcard'><cite class='fn'>Tom,</cite> "
        "<a href='#comment-2'>Do 4 May 2012</a></div><p class='comment-content'>Or never.</p></li>"
        "<li id='comment-3' class='comment'><cite class='fn'>Ida<br><span class='comment_author'>Autor</span></cite>"
        "<time>5 May 2012</time><p class='comment-content'>It is lovely.</p></li></ol>",
        [
            ("Ann", "3 May 2012", "Close it now."),
            ("Tom", "4 May 2012", "Or never."),
            ("Ida", "5 May 2012", "It is lovely."),
        ],
        "a comma, a weekday and a label are no part of a name",
    ),
    (
        "<div class='comment' id='comment-1'><h3>Reply</h3><b class='author'>Ann</b> <span>May 3, 2012</span>"
        "<p>Close it now.</p></div><div class='comment' id='comment-2'><h3>Opinions</h3><b class='author'>Tom</b> "
        "<span>May 4, 2012</span><p>Or never.</p></div>",
        [("Ann", "May 3, 2012", "Close it now."), ("Tom", "May 4, 2012", "Opinions\nOr never.")],
        "a comment's title is not the heading of all, unless it is the page's only one",
    ),
    (
        "<p>Published on May 3, 2012</p><h3>Have your say</h3><div>Close it now.<br><b>Ann Lee, Leeds, "
        "UK</b></div><br>"
        "<div>My son fell there in May.<br><b>Tom Moss, Oslo</b></div><br><div>Menu</div>",
        [("Ann Lee", None, "Close it now."), ("Tom Moss", None, "My son fell there in May.")],
        "names and places below the words, set in bold",
    ),
    (
        "<ol><li class='comment' id='comment-1'><cite>Ann</cite> <span>May 3, 2012</span><p>Close it now.</p>"
        "<div class='sidebar'><img src='ad.png'></div><p>Before it falls.</p></li><li class='comment' id='comment-2'>"
        "<cite>Tom</cite> <span>May 4, 2012</span><p>Or never.</p></li></ol>",
        [("Ann", "May 3, 2012", "Close it now.\n\nBefore it falls."), ("Tom", "May 4, 2012", "Or never.")],
        "furniture that shows nothing ends no comment",
    ),
    (
        "<div id='comment_item_1'><div id='comment_inner_1'><div class='cbody'>Close it now.</div><p class='by'>by "
        "<a href='/u/1'>Ann</a> on <a href='#1'>May 3, 2012 1:05 PM</a> <a>reply</a> <a>rec</a></p></div></div>"
        "<div id='comment_item_2'><div id='comment_inner_2'><div class='cbody'>Or never.</div><p class='by'>by "
        "<a href='/u/2'>Tom</a> on <a href='#2'>May 4, 2012 2:05 PM</a> <a>reply</a> <a>rec</a></p></div></div>",
        [("Ann", "May 3, 2012 1:05 PM", "Close it now."), ("Tom", "May 4, 2012 2:05 PM", "Or never.")],
        "an element that ends with the sign is more than the words",
    ),
    (
        "<table class='cmttbl'><tr class='cmthead'><td>Ann</td><td>3 May 2012, 10:22</td></tr>"
        "<tr class='cmtbody'><td colspan='2'>Close it now.</td></tr><tr class='cmthead'><td>Tom</td>"
        "<td>4 May 2012, 10:22</td></tr><tr class='cmtbody'><td colspan='2'>Or never.</td></tr></table>",
        [("Ann", "3 May 2012, 10:22", "Close it now."), ("Tom", "4 May 2012, 10:22", "Or never.")],
        "names that begin with a comment's short name",
    ),
    (
        "<ul><li><h3>8:15 am May 3, 2012</h3><div>Ann wrote:</div><div>Close it now, and open it never.</div></li>"
        "<li><h3>9:15 am May 3, 2012</h3><div>Tom Moss wrote:</div><div>Or paint it blue and yellow.</div></li></ul>",
        [
            ("Ann", "8:15 am May 3, 2012", "Close it now, and open it never."),
            ("Tom Moss", "9:15 am May 3, 2012", "Or paint it blue and yellow."),
        ],
        "who wrote what is as telling as a link to reply",
    ),
    (
        "<h3>Comments</h3><div class='t'><h4><a name='t'>Close it now</a></h4><p>by <a href='/u/1'>Ann</a> May 3, "
        "2012 10:38 PM PDT</p><div>Or I will.</div><a>Like this</a> <a>Reply to this comment</a></div><div class='t'>"
        "<h4><a name='u'>Never ever close it</a></h4><p>by <a href='/u/2'>Tom</a> May 4, 2012 10:38 PM PDT</p>"
        "<div>It is lovely.</div><a>Like this</a> <a>Reply to this comment</a></div>",
        [
            ("Ann", "May 3, 2012 10:38 PM PDT", "Close it now\nOr I will."),
            ("Tom", "May 4, 2012 10:38 PM PDT", "Never ever close it\nIt is lovely."),
        ],
        "an anchor leads to no other page",
    ),
    (
        "<p>On May 3, 2012</p><div class='comments'><h3>Comments</h3><div><a href='/u/1'>Ann</a><div>Close it "
        "now, and open it never.</div></div><div><a href='/u/2'>Tom</a><div>Or paint it blue and yellow.</div></div>"
        "<div><a href='/u/3'>Ida</a><div>My son fell there twice.</div></div></div>",
        [
            ("Ann", None, "Close it now, and open it never."),
            ("Tom", None, "Or paint it blue and yellow."),
            ("Ida", None, "My son fell there twice."),
        ],
        "names alone above the words, below a heading in an element named for comments",
    ),
    (
        "<h3>What readers wrote</h3><p><b>Ann</b> &mdash; May 3, 2012</p><blockquote><p>Close it now.</p></blockquote>"
        "<p><b>Tom</b> &mdash; May 4, 2012</p><blockquote><p>Or never.</p></blockquote>",
        [("Ann", "May 3, 2012", "Close it now."), ("Tom", "May 4, 2012", "Or never.")],
        "a heading that names readers and no comments",
    ),
    (
        "<ul><li id='x-comment_1'><div class='ugc-info ugc-rate ugc-reply'><cite><b>Ann</b> "
        "<span class='ugc-timestamp'><abbr>2 hours ago</abbr></span></cite><blockquote class='ugc-commenttext'>Close "
        "it.</blockquote></div></li><li id='x-comment_2'><div class='ugc-info ugc-rate ugc-reply'><cite><b>Tom</b> "
        "<span class='ugc-timestamp'><abbr>1 hour ago</abbr></span></cite><blockquote class='ugc-commenttext'>Or "
        "never.</blockquote></div></li></ul>",
        [("Ann", "2 hours ago", "Close it."), ("Tom", "1 hour ago", "Or never.")],
        "what holds a comment's words and date is more than a button to rate it",
    ),
    (
        "<div><div id='note8' class='comment-item'><dl><dt>Nick</dt><dd>ann moss</dd><dt>Data dodania</dt>"
        "<dd>2015-08-03 15:43</dd></dl><div class='comment-item-text'><div class='comment-item-expand'>Close it.</div>"
        "</div></div><div id='note9' class='comment-item'><dl><dt>Nick</dt><dd>tom</dd><dt>Data dodania</dt><dd>"
        "2015-08-03 16:10</dd></dl><div class='comment-item-text'><div class='comment-item-expand'>Or never.</div>"
        "</div></div></div>",
        [("ann moss", "2015-08-03 15:43", "Close it."), ("tom", "2015-08-03 16:10", "Or never.")],
        "labels of a list are no names, and what is all of the words is no button",
    ),
    (
        "<div class='reader_comment_item'><span class='comment_author'>Ann</span> May 3, 2012<div class="
        "'comment_content'>Close it now.</div></div><div class='reader_comment_item'><span class='comment_author'>Tom"
        "</span> May 4, 2012<div class='comment_content'>Or never.</div></div><div class='indented'><div class="
        "'reader_comment_answer'><span class='comment_author'>Ida</span> May 5, 2012<div class='comment_content'>Why "
        "not?</div></div></div>",
        [
            ("Ann", "May 3, 2012", "Close it now."),
            ("Tom", "May 4, 2012", "Or never."),
            ("Ida", "May 5, 2012", "Why not?"),
        ],
        "an answer named so",
    ),
    (
        "".join(
            f"<div class='comment_item' id='comment_{number}'><div class='badge_text'>{label}</div><a class='author' "
            f"href='/u'>{name}</a><div class='bio_teaser'>Rain is only wet</div><div class='comment_body'><div class="
            f"'comment_time'>{number} minutes ago</div>{words}</div></div>"
            for number, name, label, words in (
                (2, "Ann", "This reader wants none of our badges", "Close it now."),
                (3, "Tom", "", "Link?"),
                (4, "Ida", "", "My son fell there."),
                (5, "Ole", "", "So did mine."),
                (6, "Una", "", "Paint it blue."),
            )
        ),
        [
            ("Ann", "2 minutes ago", "Close it now."),
            ("Tom", "3 minutes ago", "Link?"),
            ("Ida", "4 minutes ago", "My son fell there."),
            ("Ole", "5 minutes ago", "So did mine."),
            ("Una", "6 minutes ago", "Paint it blue."),
        ],
        "a badge's text and a motto are no words of the comment, and the date may stand beside these",
    ),
    (
        "<h3>Customer reviews</h3><div class='rv'><div class='author'>by Ann, Leeds</div><div class='date'>May "
        "26, 2015</div><p>Closed it was "
        "lovely, open it is a bridge.</p><div class='smallText'>1 of 2 found this useful</div></div><div class='rv'>"
        "<div class='author'>by Tom, Oslo</div><div class='date'>May 27, 2015</div><p>I would cross it again, and so "
        "would my wife.</p><div class='smallText'>0 of 2 found this useful</div></div>",
        [
            (
                "Ann, Leeds",
                "May 26, 2015",
                "Closed it was lovely, open it is a bridge.\n\n1 of 2 found this useful",
            ),
            (
                "Tom, Oslo",
                "May 27, 2015",
                "I would cross it again, and so would my wife.\n\n0 of 2 found this useful",
            ),
        ],
        "small text is not what was said",
    ),
    (
        "<h3>Readers' comments</h3><ul class='comment-list'>"
        "<li><a href='/profile_view?member_id=1'>Spirit of the Weir...</a> <div>May 3, 2012</div><p>Close it now, or "
        "never do.</p></li><li><a href='/profile_view?member_id=2'>Tom</a> <div>May 4, 2012</div><p>Paint it blue and "
        "yellow.</p></li></ul>",
        [
            ("Spirit of the Weir...", "May 3, 2012", "Close it now, or never do."),
            ("Tom", "May 4, 2012", "Paint it blue and yellow."),
        ],
        "what leads to a profile is a name, whatever its words",
    ),
    (
        "<h4>Comments</h4><div>ann the meek on Sep 21, 3:38 PM said:<br>Close it now.<br>tom on Sep 21, 3:40 PM said:"
        "<br>By the same token, close the weir.</div>",
        [
            ("ann the meek", "Sep 21, 3:38 PM", "Close it now."),
            ("tom", "Sep 21, 3:40 PM", "By the same token, close the weir."),
        ],
        "who said it on a day is named by any words, and no token says anything",
    ),
    (
        "<div class='cdv'><p><b>100 tons?</b> - 15.08.2015 г. 23:55:57</p><p class='commentText'>Close it now, "
        "before somebody falls from it as my son did.</p></div>"
        "<div class='cdv'><p><b>Ida</b> - 16.08.2015 г. 10:16:23</p><p class='commentText'>Or never, as my wife "
        "always says of the weir.</p></div>",
        [
            (
                "100 tons?",
                "15.08.2015 г. 23:55:57",
                "Close it now, before somebody falls from it as my son did.",
            ),
            ("Ida", "16.08.2015 г. 10:16:23", "Or never, as my wife always says of the weir."),
        ],
        "the mark of a year in Bulgarian, and a question for a name",
    ),
    (
        "<ol class='commentlist'><li class='comment' id='comment-1'><header class='comment-author vcard'><cite><b "
        "class="
        "'fn'>Ann</b> <span>投稿者</span></cite> <time>2015年11月22日 10:07 PM</time></header><p>Close it.</p></li>"
        "<li class='comment' id='comment-2'><header class='comment-author vcard'><cite><b class='fn'>Tom</b></cite> "
        "<time>2015年11月23日 8:45 PM</time></header><p>Or never.</p></li></ol>",
        [("Ann", "2015年11月22日 10:07 PM", "Close it."), ("Tom", "2015年11月23日 8:45 PM", "Or never.")],
        "the name in the innermost element that is named for it, and a date in Japanese",
    ),
    (
        "<ol><li id='post-11' class='message' data-author='Ann'><div class='messageUserBlock'><a "
        "class='username'>Ann</a>"
        "</div><article>Bern</article><a class='username'>Ann</a>, <span class='DateTime'>Oct 29, 2014</span></li>"
        "<li id='post-12' class='message' data-author='Tom'><div class='messageUserBlock'><a class='username'>Tom</a>"
        "</div><article>Oslo</article><a class='username'>Tom</a>, <span class='DateTime'>Oct 30, "
        "2014</span></li></ol>",
        [("Tom", "Oct 30, 2014", "Oslo")],
        "a forum's posts of one word",
    ),
    (
        "<div>Joined: 1 May 2006<br>Joined: 2 May 2006</div><table><tr><th>Author</th><th>Message</th></tr>"
        "<tr class='row1'><td><b class='postauthor'>Ann</b></td><td><div>Post subject: The bridge again</div>"
        "<div>Posted: May 3, 2012 9:14 am</div></td></tr><tr class='row1'><td>Joined: 12 Mar 2006</td><td><div class="
        "'postbody'>Will they ever close it?</div></td></tr><tr class='row1'><td><b "
        "class='postauthor'>Tom</b></td><td>"
        "<div>Post subject: Re: The bridge again</div><div>Posted: May 4, 2012 9:14 am</div></td></tr><tr "
        "class='row1'>"
        "<td>Joined: 13 Mar 2006</td><td><div class='postbody'>Nobody knows.</div><span class='postbody'><br>"
        "_________________<br>Rain is only wet.</span></td></tr></table>",
        [("Tom", "May 4, 2012 9:14 am", "Nobody knows.")],
        "a forum's posts in rows that only the writer's name begins, with a rule above what ends each",
    ),
    (
        "<h4>最新评论</h4>"
        "<div class='info'><span class='name'>桥下的人</span><span>河南</span></div><div>我没钱！</div>"
        "<div><span>今天18:09</span><a>举报</a><a>赞3</a></div><div class='info'><span class='name'>Tom："
        "</span><span>广东</span></div><div>修桥吧</div><div><span>10月24日17:15</span><a>举报</a><a>回复</a></div>",
        [("桥下的人", "今天18:09", "我没钱！"), ("Tom", "10月24日17:15", "修桥吧")],
        "days and labels in Chinese, without gaps, below words that are as short as a name",
    ),
    (
        "<h4>Comments</h4><div><span class='user'>Ann</span> of Leeds, England</div><div>Great</div><div>2 hours ago"
        "</div><div><span class='user'>Tom</span> of Oslo, Norway</div><div>Why not</div><div>3 hours ago</div>",
        [("Ann", "2 hours ago", "Great"), ("Tom", "3 hours ago", "Why not")],
        "what stands between a name and a date is no name",
    ),
    (
        "<div class='discussion_list'><div class='comment last'><span class='comment-info'><b>WeirWatcher</b> at "
        "9:14 PM May 03, 2012</span><p>Who paid for the weir, and when?</p></div></div>",
        [("WeirWatcher", "9:14 PM May 03, 2012", "Who paid for the weir, and when?")],
        "a page's only comment, whose writer only a line names",
    ),
    (
        "<div class='commentarea'><h5>Comments</h5><p class='comment'><div><cite>Ann Lee</cite> says:</div>What a sad "
        "day for the weir.<br><span>May 3, 2012 at 5:59 am</span></p></div><h3>Post a comment</h3>",
        [("Ann Lee", "May 3, 2012 at 5:59 am", "What a sad day for the weir.")],
        "a page's only comment, named above and dated below",
    ),
    (
        "<h2>Visitor Opinions (latest shown first)</h2><div class='note'><h3>Too late</h3><i>posted by <b>Ann "
        "Hill</b> on 3 May 2012 at 9:14 am</i><p>It should have been closed.</p><p>| <a href='#p'>post followup</a> | "
        "<a href='/m'>alert a moderator</a> |</p></div><h2>Add Your Opinion</h2><p>We publish your name.</p>",
        [("Ann Hill", "3 May 2012 at 9:14 am", "Too late\nIt should have been closed.")],
        "a page's only comment has a title of its own, right below the heading",
    ),
    (
        "<div class='related box' id='cmt-here'><div class='comment'><div class='comment-meta'><a href='/u/3'>Ann</a>"
        "<div class='small'>2012/05/03 02:15pm</div></div><p>Close it now.</p></div><div class='comment'><div "
        "class='comment-meta'><a href='/u/4'>Tom</a><div class='small'>2012/05/03 02:26pm</div></div><p>Or never.</p>"
        "</div></div>",
        [("Ann", "2012/05/03 02:15pm", "Close it now."), ("Tom", "2012/05/03 02:26pm", "Or never.")],
        "an id says more than a class of style",
    ),
    (
        "<div class='widget Blog' id='Blog1'><div id='comments'><h4>2 comments:</h4><dl><dt class='comment-author' "
        "id='c71'>Ann said...</dt><dd class='comment-body'><p>Close it now.</p></dd><dd class='comment-footer'>May 3, "
        "2012</dd><dt class='comment-author' id='c72'>Tom said...</dt><dd class='comment-body'><p>Or never.</p></dd>"
        "<dd class='comment-footer'>May 4, 2012</dd></dl></div></div>",
        [("Ann", "May 3, 2012", "Close it now."), ("Tom", "May 4, 2012", "Or never.")],
        "a widget that holds the page's comments",
    ),
    (
        "<div class='fyre'><div class='fyre-widget'><article class='fyre-comment-article'><a "
        "class='fyre-comment-username'>Ann</a><section class='fyre-comment-body'><p>Close it now.</p></section>"
        "</article><article class='fyre-comment-article'><a class='fyre-comment-username'>Tom</a><section "
        "class='fyre-comment-body'><p>Or never.</p></section></article></div></div>",
        [("Ann", None, "Close it now."), ("Tom", None, "Or never.")],
        "Livefyre's widget",
    ),
    (
        "<h2>Opinion</h2><p>House rules</p><div class='post'><div class='dateline'><a name='c_71'>Posted Thursday 3rd "
        "May 2012 15:43 GMT</a></div><div class='author'><a href='/user/3/'>Ann</a></div><div class='body'><p>Close "
        "the weir now.</p></div></div><div class='post'><div class='dateline'><a name='c_72'>Posted Friday 4th May "
        "2012 12:49 GMT</a></div><div class='author'><a href='/user/4/'>Tom</a></div><div class='body'><p>Or leave it "
        "as it is.</p></div></div>",
        [
            ("Ann", "Thursday 3rd May 2012 15:43 GMT", "Close the weir now."),
            ("Tom", "Friday 4th May 2012 12:49 GMT", "Or leave it as it is."),
        ],
        "posts that can be linked to as comments are",
    ),
    (
        "<section id='comments'><article class='comment-pick'><header><span class='site-avatar'><span "
        "class='site-avatar-letter'>A</span></span><div class='text-base bold'><a href='/members/ann.7'>Ann</a></div>"
        "</header><div class='pick-content'>Close the weir now.<br>Or never.</div><p>May 3, 2012 at 4:53 pm</p>"
        "</article>"
        "<article class='comment-pick'><header><span class='site-avatar'><span class='site-avatar-letter'>T"
        "</span></span>"
        "<div class='text-base bold'><a href='/members/tom.8'>Tom</a></div></header><div class='pick-content'>Or leave "
        "it as it is.</div><p>May 4, 2012 at 5:02 pm</p></article></section>",
        [
            ("Ann", "May 3, 2012 at 4:53 pm", "Close the weir now.\nOr never."),
            ("Tom", "May 4, 2012 at 5:02 pm", "Or leave it as it is."),
        ],
        "a letter in place of a picture, classes for the size of letters",
    ),
    (
        "<div id='comment-71' class='comment'><p class='comment-body'>Close the weir, before somebody drowns in it.</p>"
        "<p class='user-info'>- <a href='/registration/5/profile.html'>Ann</a> , Great Weir, United Kingdom, "
        "03/5/2012 06:58</p></div><div id='comment-72' class='comment'><p class='comment-body'>Or leave it as it has "
        "been for years.</p><p class='user-info'>- <a href='/registration/6/profile.html'>Tom</a> , Isle of Man, "
        "United Kingdom, 04/5/2012 07:58</p></div>",
        [
            ("Ann", "03/5/2012 06:58", "Close the weir, before somebody drowns in it."),
            ("Tom", "04/5/2012 07:58", "Or leave it as it has been for years."),
        ],
        "a link to a profile, a place of several words and a date",
    ),
    (
        "<h3>2 Comments <span>+</span></h3><div id='postComments'><dl><dt class='author'><span>"
        "by <b>Ann12</b></span> May 3, 2012 3:21 AM EDT</dt><dd>Close it now.</dd><dd><a>Reply to this comment</a>"
        "</dd></dl><dl><dt class='author'><span>by <b>Tom</b></span> May 4, 2012 3:06 AM EDT</dt><dd>Or leave it as "
        "it is.</dd><dd><a>Reply to this comment</a></dd></dl></div>",
        [
            ("Ann12", "May 3, 2012 3:21 AM EDT", "Close it now."),
            ("Tom", "May 4, 2012 3:06 AM EDT", "Or leave it as it is."),
        ],
        "a number that ends a name",
    ),
]

NONE = [  # markup below the article, why it holds no comment
    (
        "<h2>Comments</h2><table><tr><td><a href='/1.pdf'>Letter 1</a></td><td>Ann Lee</td><td>May 3, 2012</td>"
        "<td>12 pages</td></tr><tr><td><a href='/2.pdf'>Letter 2</a></td><td>Tom Moss</td><td>May 4, 2012</td>"
        "<td>9 pages</td></tr></table>",
        "a table's cells are too short for anybody's words",
    ),
    (
        "<h2>Discussion</h2><p>The silt that we found is older than the bridge.</p>"
        "<p>Received by the editor on May 3, 2010.</p><p>Accepted on June 9, 2010.</p><h2>References</h2>",
        "one date at the end of an article's part signs nothing",
    ),
    (
        "<div id='sidebar-right'><h2>Recent comments</h2><ul class='comments'><li class='comment'>Close it now, or "
        "we<br><span class='author'>Ann</span> <span class='date'>May 3, 2012</span></li><li class='comment'>Or "
        "never, "
        "says my son<br><span class='author'>Tom</span> <span class='date'>May 4, 2012</span></li></ul></div>",
        "what readers wrote on other pages",
    ),
    (
        "<div class='headComments'><p>By <a rel='author' href='/a/lee'>Ann Lee</a>, <span>Rivers Correspondent</span>"
        "</p><p>7:01AM BST 15 May 2012</p><p class='comments'><a href='#comments'>Comments</a></p></div>",
        "a byline and a date beside the link to comments",
    ),
    (
        "<div id='c347'><p>Mittwoch, 2. Mai 2012, 14:45 Uhr bis 15:45 Uhr, Leeds</p><p>A talk about the weir, and "
        "what the town should do about it.</p></div>",
        "a numbered part of a page that begins with the hours of an event",
    ),
    (
        "<div class='widget' id='side'><ul id='recent-comments'><li class='comment'>Close it now, or we<br><span "
        "class='author'>Ann</span> <span class='date'>May 3, 2012</span></li><li class='comment'>Or never, says my "
        "son<br><span class='author'>Tom</span> <span class='date'>May 4, 2012</span></li></ul></div>",
        "a widget of what readers wrote on other pages",
    ),
    (
        "<h3>Discussion</h3><ul class='forum'><li><a href='/1'>Ferry times again</a><br>by Ann - 2 hours ago</li>"
        "<li><a href='/2'>Who fixes pumps</a><br>by Tom - 3 hours ago</li>"
        "<li><a href='/3'>Best lamps</a><br>by Ida - 4 hours ago</li></ul>",
        "links to other pages, however short, are no comments",
    ),
    (
        "<div id='comments'><h3>0 Comments</h3><div class='comment-preview'><div class='comment'><span class='author'>"
        "Your name</span> <span class='date'>Just now</span><p>Your comment will appear here as you type it.</p></div>"
        "</div></div>",
        "a form's preview of what is written in it",
    ),
    (
        "<div class='block-last_comment'><div id='comment567' class='view'><div class='comment-top'>último comentário"
        "</div><div class='comment-content'><a href='/9'>Close it now, and open it never, as we...</a><div class="
        "'comment-user'>por Ann Lee</div></div></div></div>",
        "the last comment of another page, in Portuguese",
    ),
    (
        "<div id='comment567' class='view'><div class='comment-content'><a href='/9'>Close it now, and open it never, "
        "as we...</a><div class='comment-user'>por Ann Lee</div></div></div>",
        "words that are a link to where they were written",
    ),
    (
        "<div class='commentbox'><div class='text'>Close it now, or I will do it.</div><div class='author'>by "
        "Ann</div>"
        "<time datetime='2014-06-17T18:57'>18:57</time> <a href='/1'>The bridge closes in May</a></div>"
        "<div class='commentbox'><div class='text'>Paint it blue, and the weir too.</div><div class='author'>by Tom"
        "</div><time datetime='2014-06-17T19:57'>19:57</time> <a href='/2'>A second bridge is planned</a></div>",
        "quotes of readers, each with a link to its own page",
    ),
    (
        "<div class='shop'><h4>Weir</h4><p>Valid from: May 3, 2015</p></div><p>Ten off all boats, if you say so.</p>"
        "<section class='couponComment'><b>Kommentar</b><p>Legg til din egen her, Ingen her ennå.</p></section>"
        "<div class='shop'><h4>Mill</h4><p>Valid from: May 4, 2015</p></div><p>Five off all flour, on Mondays.</p>"
        "<section class='couponComment'><b>Kommentar</b><p>Legg til din egen her, Ingen her ennå.</p></section>",
        "boxes for comments that all show the same",
    ),
    (
        "<div class='comments-disabled'><div class='entry'><p><a rel='bookmark' href='/1'>Rain "
        "again</a></p><b>ann</b> "
        "<abbr>May 3, 2014</abbr><p>It rained on the bridge for three days.</p></div><div class='entry'><p><a rel="
        "'bookmark' href='/2'>Sun</a></p><b>ann</b> <abbr>May 4, 2014</abbr><p>It shone on the bridge for an hour.</p>"
        "</div></div>",
        "a journal's own entries, each with a bookmark to its page",
    ),
    (
        "<div>Joined: 1 May 2006<br>Joined: 2 May 2006</div><table><tr><td><a href='/f1'><b>Bridges</b></a><div>All "
        "about bridges, old and new</div></td><td><a href='/t9'>Close it!</a><div>by <a href='/member?1'>Ann</a></div>"
        "<div>Today 03:31 PM</div></td></tr><tr><td><a href='/f2'><b>Mills</b></a><div>All about mills, wind and water"
        "</div></td><td><a href='/t7'>Sold?</a><div>by <a href='/member?2'>Tom</a></div><div>Today 04:19 PM</div></td>"
        "</tr></table>",
        "a forum's list of its parts",
    ),
    (
        "<h2>Replies</h2><ul><li>Views<br>Last post</li><li><a href='/1'>All links to the weir</a><br>by Ann &raquo; "
        "May 28, 2014 10:44 am</li><li>8008 Views</li><li>Last post by Ann<br>May 28, 2014 10:44 am</li></ul>",
        "a forum's list of its threads",
    ),
    (
        "<div class='top'><h2 class='com-subhead'>Five mills were sold this year in our valley</h2><p>3 May 2012</p>"
        "<p class='com-by'>By Ann Lee</p></div>",
        "an article's second heading",
    ),
    (
        "<div class='post_block hentry' id='similar_topics'><h3>Similar Topics</h3><a href='/t/1'>Bridges</a> by "
        "<span "
        "class='author'>Ann</span>, <abbr class='published'>6 Feb 2013</abbr><p>13 answers, and none of use.</p></div>"
        "<div class='post_block hentry' id='similar_posts'><h3>Similar Posts</h3><a href='/t/2'>Mills</a> by <span "
        "class='author'>Tom</span>, <abbr class='published'>7 Feb 2013</abbr><p>14 answers, and one of use.</p></div>",
        "similar threads in an element like a post's",
    ),
]


@pytest.mark.parametrize("markup, expected, why", COMMENTS, ids=[why for *_, why in COMMENTS])
def test_comments(markup: str, expected: list[tuple[str, str | None, str]], why: str) -> None:
    found = page(f"<html><body><div id='main'>{ARTICLE}</div><div>{markup}</div></body></html>")
    comments = found.layout.segments.comments
    words = ["\n".join(span.of(found.text) for span in one.body) for one in comments]
    assert [(one.author, one.posted_at_text) for one in comments] == [each[:2] for each in expected]
    assert words == [each[2] for each in expected]


def test_every_months_name_hints_at_a_date() -> None:
    assert [name for name in MONTHS if not DATE.search(f"5 {name} 2011, 14:22")] == []


@pytest.mark.parametrize("markup, why", NONE, ids=[why for *_, why in NONE])
def test_no_comments(markup: str, why: str) -> None:
    found = page(f"<html><body><div id='main'>{ARTICLE}</div><div>{markup}</div></body></html>")
    assert [one.span.of(found.text) for one in found.layout.segments.comments] == [], why


def test_what_holds_most_of_the_page_is_no_furniture() -> None:
    """Blogger's posts and comments stand in an element of the classes "widget Blog"."""
    comment = (
        "<li class='comment' id='c{0}'><cite class='user'>Ann {0}</cite><span class='datetime'>May {0}, 2019</span>"
        "<p class='comment-content'>Close it now.</p></li>"
    )
    items = "".join(comment.format(number) for number in (3, 4, 5))
    found = page(
        f"<body><div class='widget Blog'>{ARTICLE}<div id='comments'><ol>{items}</ol></div></div>"
        "<div class='widget'><ul><li>Older posts</li></ul></div></body>"
    )
    assert [one.author for one in found.layout.segments.comments] == ["Ann 3", "Ann 4", "Ann 5"]


@pytest.mark.parametrize(
    "attributes, why",
    [
        ("class='comment' id='comment-1'", "the element named for the comment takes in the heading"),
        ("", "only lines tell where the comment is"),
    ],
)
def test_a_comments_span_has_its_reply_lines_and_no_heading_of_all(attributes: str, why: str) -> None:
    reply = "<form class='comment__form'><button class='comment__reaction'>Reply</button></form>"
    found = page(
        f"<body>{ARTICLE}<div {attributes}><h4>1 comment:</h4><b class='user'>Ann</b> <span>May 3, 2019</span>"
        f"<p>Close it now.</p>{reply}</div></body>"
    )
    (comment,) = found.layout.segments.comments
    assert comment.span.of(found.text) == "Ann May 3, 2019\n\nClose it now.\n\nReply", why
    assert [span.of(found.text) for span in comment.body] == ["Close it now."], why


def test_attributes_say_what_a_comment_answers() -> None:
    comment = (
        "<article class='reply' data-id='{0}' data-parentid='{1}'><a class='username'>Ann {0}</a> <time>May 3, 2015"
        "</time><div class='reply-content'>Close it now, number {0}.</div></article>"
    )
    items = "".join(comment.format(*ids) for ids in ((71, 5), (72, 71), (73, 72), (74, 5), (75, 71)))
    found = page(f"<body>{ARTICLE}<section class='replies'>{items}</section></body>")
    assert [one.parent for one in found.layout.segments.comments] == [None, 0, 1, None, 0]


@pytest.mark.parametrize(
    "label",
    [
        "Комментарии: 1",
        "2 komentarze",
        "12 yorum",
        "Odpowiedz",
        "Post subject: Re: the weir",
        "8008 Views",
        "Nick",
    ],
)
def test_counts_and_labels_are_nobodys_words(label: str) -> None:
    assert is_machinery(label)
    assert not is_machinery(f"{label}?")
