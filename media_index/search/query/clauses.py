"""Makes the parts of one bracket out of its pieces: words become texts, "not" finds what it takes away. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from media_index.search.query.ast import Node, Text
from media_index.search.query.joining import NEGATED, TEXT, Element, kind_of, not_of
from media_index.search.query.language import Language
from media_index.search.query.pieces import Piece, Sort

JOINTS = {Sort.COMMA: ",", Sort.AND: "and", Sort.OR: "or", Sort.BAR: "|"}
STRENGTH = (" ", ",", "and", "or", "|")
"""Of two joints that stand together, the later one here counts: ", or" is "or"."""
DASHES = frozenset({"-", "--", "+", "/", "*", "·", "•", ":", "!"})
"""Signs that stand alone between words and say nothing."""


class Clause:
    """The pieces of one bracket, with inner brackets as terms already."""

    def __init__(self, pieces: Sequence[Piece], language: Language) -> None:
        self._pieces = pieces
        self._only_articles = language.words("articles")
        self._articles = language.words("articles") | language.words("fillers") | language.words("but") | DASHES
        self._function = self._articles | language.words("leaders") | language.words("closing")
        self._verbs, self._verb_endings = language.words("verbs"), language.verb_endings
        self._closing = language.words("closing")
        self._prepositions = language.words("prepositions")
        self._trailing = self._function | self._prepositions | language.words("and")
        self._either, self._both = language.words("either"), language.words("both")
        self._introducing = self._articles | language.words("pronouns")
        self._positive, self._locative = language.words("positive"), language.words("locative")

    def elements(self) -> list[Element]:
        found: list[Element] = []
        joint, place, opens = " ", 0, False
        while place < len(self._pieces):
            piece, begin = self._pieces[place], place
            if piece.sort in JOINTS:
                joint = max(joint, JOINTS[piece.sort], key=STRENGTH.index)
                place += 1
                continue
            if piece.sort is Sort.NOT:
                place, new = self._negated(place, joint)
            elif piece.sort is Sort.TERM:
                place, new = place + 1, [] if piece.node is None else [_term(piece, piece.node, joint)]
            else:
                place, new = self._run(place, joint)
            opens = opens or any(one.fold in self._either for one in self._pieces[begin:place])
            if new and opens:
                new, opens = [replace(new[0], opens=True), *new[1:]], False
            found.extend(new)
            # Words that say nothing ("or with anna") leave what stands before them in force.
            joint = joint if not new and piece.sort is Sort.WORD else " "
        return found

    # --- words

    def _run(self, place: int, joint: str) -> tuple[int, list[Element]]:
        """Words up to the next thing that is none, with "and" and commas between them."""
        end = place + 1
        while end < len(self._pieces):
            after = end
            while after < len(self._pieces) and self._is_link(after):
                after += 1
            if not self._is_word(after):
                break
            end = after + 1
        words = list(self._pieces[place:end])
        if self._says_nothing(words) and (self._is_understood(place - 1) or self._is_understood(end)):
            return end, []
        stripped = self._stripped(words, trailing=end < len(self._pieces)) or words
        text = replace(_text(stripped), spoken=self._spoken(words, stripped))
        return end, [Element(text, TEXT, joint, halves=self._halves(stripped))]

    def _says_nothing(self, words: Sequence[Piece]) -> bool:
        return all(
            word.fold in self._function or word.fold in self._prepositions or word.sort is not Sort.WORD
            for word in words
        )

    def _is_understood(self, place: int) -> bool:
        """Whether something stands there that is more than words: a sign, what was read or refused."""
        if not 0 <= place < len(self._pieces):
            return False
        piece = self._pieces[place]
        return piece.read or piece.sort is not Sort.TERM or piece.node is None

    def _spoken(self, words: Sequence[Piece], stripped: Sequence[Piece]) -> str:
        """The words of a text with their commas and the article before it."""
        begin = words.index(stripped[0])
        if begin and words[begin - 1].fold in self._only_articles:
            begin -= 1
        return _said(words[begin : words.index(stripped[-1]) + 1], comma=",")

    def _is_word(self, place: int) -> bool:
        return place < len(self._pieces) and self._pieces[place].sort is Sort.WORD

    def _is_link(self, place: int) -> bool:
        return self._pieces[place].sort in (Sort.AND, Sort.COMMA)

    def _stripped(self, words: list[Piece], *, trailing: bool) -> list[Piece]:
        """Words without those at the edges that say nothing."""
        begin, end = 0, len(words)
        while begin < end and (words[begin].fold in self._articles or words[begin].sort is not Sort.WORD):
            begin += 1
        while begin < end and trailing and words[end - 1].fold in self._trailing:
            end -= 1
        return words[begin:end]

    def _halves(self, words: Sequence[Piece]) -> tuple[Text, Text] | None:
        for place in range(1, len(words)):
            if words[place].fold in self._locative:
                after = self._stripped(list(words[place + 1 :]), trailing=False)
                return (_text(words[:place]), _text(after)) if after else None
        return None

    # --- what is taken away

    def _negated(self, place: int, joint: str) -> tuple[int, list[Element]]:
        begin, count = place, 0
        while place < len(self._pieces) and self._pieces[place].sort is Sort.NOT:
            place, count = place + 1, count + 1
        tight = self._pieces[place - 1].tight
        end, node = self._operand(place, tight=tight)
        if end == place:
            words = [piece for piece in self._pieces[begin:place] if piece.text[:1].isalpha()]
            return place, [Element(_text(words), TEXT, joint)] if words else []
        if node is None:
            return end, []
        start = self._pieces[begin].start
        if count % 2 == 0:
            return end, [Element(node, kind_of(node), joint)]
        both = isinstance(node, Text) and node.text.casefold() in self._both
        found = [Element(not_of(node, start), NEGATED, joint, both=both)]
        return (end, found) if tight else self._list(end, place, kind_of(node), found)

    def _operand(self, place: int, *, tight: bool) -> tuple[int, Node | None]:
        """The end of what a "not" at ``place`` takes away, and its node; the place itself where there is nothing."""
        begin = ahead = place
        if not tight:
            while self._is_word(ahead) and self._pieces[ahead].fold in self._function:
                ahead += 1
            if ahead < len(self._pieces) and self._pieces[ahead].sort is Sort.TERM:
                return ahead + 1, self._pieces[ahead].node
            while self._is_word(place) and self._pieces[place].fold in self._introducing:
                place += 1
        elif place < len(self._pieces) and self._pieces[place].sort is Sort.TERM:
            return place + 1, self._pieces[place].node
        if not self._is_word(place):
            return (place, _text(self._pieces[begin:place])) if place > begin else (begin, None)
        end = place + 1
        while not tight and self._is_word(end) and (not self._is_preposition(end) or self._is_complement(end)):
            end += 1
        words = list(self._pieces[place:end])
        while len(words) > 1 and words[-1].fold in self._function:
            words.pop()
        return (end if tight else self._after_closing(end)), _text(words)

    def _is_preposition(self, place: int) -> bool:
        return self._pieces[place].fold in self._prepositions

    def _is_complement(self, place: int) -> bool:
        """Whether a preposition goes with the verb before it: "looking at the camera"."""
        word, after = self._pieces[place - 1].fold, place + 1
        if word not in self._verbs and not word.endswith(self._verb_endings):
            return False
        while self._is_word(after) and self._pieces[after].fold in self._articles:
            after += 1
        return self._is_word(after) and not self._is_preposition(after)

    def _after_closing(self, place: int) -> int:
        """The end of "in it", "in them" after what is taken away."""
        end = place
        while self._is_word(end) and self._pieces[end].fold in self._articles:
            end += 1
        closes = self._is_word(end) and self._pieces[end].fold in self._closing and not self._is_word(end + 1)
        return end + 1 if closes else place

    def _begins_anew(self, place: int, after: int, first: int, length: int) -> bool:
        """Whether an "and" goes on with what is there: "no table and a chair", "no table, and chairs"."""
        articles = (self._pieces[one].fold in self._only_articles for one in (first, after))
        return next(articles) != next(articles) or (after - place > 1 and length == 1)

    def _list(self, place: int, first: int, kind: str, found: list[Element]) -> tuple[int, list[Element]]:
        """Goes on with what else is taken away: "without ben, dora or carl". The list begins at ``first``."""
        while True:
            after, joint = place, " "
            while after < len(self._pieces) and self._pieces[after].sort in JOINTS:
                joint = max(joint, JOINTS[self._pieces[after].sort], key=STRENGTH.index)
                after += 1
            if joint in (" ", "|") or after == len(self._pieces) or self._pieces[after].fold in self._positive:
                return place, found
            if joint == "and" and self._begins_anew(place, after, first, len(found)):
                return place, found
            end, node = self._operand(after, tight=False)
            if end == after or node is None or not self._goes_on(kind, kind_of(node), joint, end):
                return place, found
            found.append(Element(not_of(node, self._pieces[after].start), NEGATED, "and"))
            place = end

    def _goes_on(self, kind: str, following: str, joint: str, end: int) -> bool:
        """Whether a list of what is taken away holds another thing."""
        if joint == "or":
            return True
        if joint == "and":
            return following == kind or (kind == "person" and following == TEXT)
        is_list = end < len(self._pieces) and self._pieces[end].sort in (Sort.AND, Sort.OR)
        return following == kind and (kind != TEXT or is_list)


def _term(piece: Piece, node: Node, joint: str) -> Element:
    return Element(node, kind_of(node), joint, read=piece.read)


def _text(words: Sequence[Piece]) -> Text:
    """Words as one text, commas left out, with spaces where there were any."""
    return Text(_said(words), words[0].start, words[-1].end)


def _said(words: Sequence[Piece], comma: str = "") -> str:
    said, after_comma = "", False
    for word in words:
        if word.sort is Sort.COMMA:
            after_comma = True
            continue
        gap = (comma if after_comma else "") + (" " if word.spaced or after_comma else "")
        said += gap + word.text if said else word.text if word.spaced else word.text.removeprefix("-")
        after_comma = False
    return said
