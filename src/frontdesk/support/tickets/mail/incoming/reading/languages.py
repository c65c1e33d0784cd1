"""In which language somebody wrote, by its most frequent words: only where these leave no doubt."""

import re

LOOKED_AT = 4_000  # characters
LEAST = 3  # words that say so
TWICE = 2  # as many as of any other language

FREQUENT: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and you your is it to of that not have has with for this my i we are please thanks can when what "
        "but was on does from be would how cannot don't doesn't",
        "de": "der die das und ich sie nicht ist ein eine einen mit auf für wir mein meine habe hat bitte danke wie "
        "wenn aber zu den dem von es kann kein keine auch noch wird war was",
        "fr": "le la les et je vous est une des pas pour que dans sur avec mon ma nous merci bonjour ne ce qui mais "
        "avez ai il elle votre du au",
        "es": "el los las y yo usted es una del no para que en con mi nosotros gracias hola pero por favor su lo se "
        "como tengo puedo está",
        "it": "il gli le e io lei è una della non per che nel con mio mia noi grazie ciao ma vorrei ho sono come "
        "questo mi di",
        "nl": "de het een en ik u is niet met op voor wij mijn heb heeft bedankt hoe als maar naar van dat kan geen "
        "ook nog wordt was wat",
    }.items()
}
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def guess(text: str) -> str:
    """The language's code; "" where it is one that we do not know, or too little was said."""
    words = WORD.findall(text[:LOOKED_AT].lower().replace("\u2019", "'"))
    counts = {language: sum(word in known for word in words) for language, known in FREQUENT.items()}
    first, second = sorted(counts, key=lambda each: counts[each], reverse=True)[:2]
    return first if counts[first] >= max(LEAST, TWICE * counts[second]) else ""
