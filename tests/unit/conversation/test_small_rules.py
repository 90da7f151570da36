"""What is understood by rule before the model is asked: "and now?", a language, keys hit at random, "I will not talk to anybody"."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.dialogue import Clarify, Said
from bot.conversation.sayings import Saying
from bot.conversation.texts import Catalogue
from bot.messages import Choice, Language
from tests.unit.conversation.test_conversation import CRISIS, SOFT, World, understood

LANGUAGES = tuple(map(Language, ("en", "fr", "es", "it")))
CATALOGUE = Catalogue.load(Path(__file__).parents[3] / "locales", LANGUAGES)
NEXT = {
    "en": ("what do i do now", "And now?", "what should I do", "ok and now what", "so what do i do", "then what"),
    "fr": ("et maintenant ?", "je fais quoi maintenant", "qu'est-ce que je fais", "que faire", "ok et après", "je dois faire quoi"),
    "es": ("y ahora qué", "¿y ahora?", "qué hago", "y ahora qué hago", "vale y ahora", "entonces qué hago"),
    "it": ("e adesso?", "e ora?", "cosa faccio", "e adesso cosa devo fare?", "e ora che si fa", "che devo fare"),
}
NO_TALK = {
    "en": ("i don't want to talk to anyone", "i dont wanna talk", "i can't talk to anyone"),
    "fr": ("je ne veux parler à personne", "j'veux pas en parler", "je n’ai pas envie de parler"),
    "es": ("no quiero hablar con nadie", "no me apetece hablar", "no puedo hablar con nadie"),
    "it": ("non voglio parlare con nessuno", "non me la sento di parlarne", "nn voglio parlare"),
}
DESPAIR = {"en": "i want to die", "fr": "je veux mourir", "es": "quiero morirme", "it": "voglio morire"}
WONDER = {
    "en": ("is it safe to use public wifi?", "how do I spot a fake shop?", "how can i lock my bike properly"),
    "fr": ("comment reconnaître un faux site ?", "c'est dangereux d'utiliser le wifi public ?", "comment protéger mon vélo"),
    "es": ("¿es seguro usar wifi público?", "cómo reconozco una tienda falsa", "cómo protejo mi bici"),
    "it": ("è sicuro usare il wifi pubblico?", "come riconosco un negozio falso?", "come proteggo la mia bici"),
}
SAID = [(name, text) for name, by in (("next", NEXT), ("no_talk", NO_TALK), ("wonder", WONDER)) for texts in by.values() for text in texts]


@pytest.fixture
def world() -> World:
    return World(*LANGUAGES)


@pytest.mark.parametrize(("name", "text"), SAID)
def test_what_is_said_to_faro_itself_is_heard_in_every_language(name: str, text: str) -> None:
    assert Saying(CATALOGUE, LANGUAGES, name).is_said_by(text)


@pytest.mark.parametrize(
    "text",
    [
        "what should i do if my bike is stolen", "and now he threatens me", "et maintenant il me menace", "y tú", "e tu?", "thanks",
        "i don't want to talk to a bot", "cant talk he is here", "je veux parler à un humain", "no puedo hablar, me oye",
    ],
)
def test_who_says_more_is_left_to_the_model(text: str) -> None:
    assert not any(Saying(CATALOGUE, LANGUAGES, name).is_said_by(text) for name in ("next", "no_talk"))


async def test_and_now_opens_the_guide_of_the_harm_just_answered(world: World) -> None:
    await world.says("someone took my money")
    await world.says("what do i do now")
    assert world.guide.pressed == ["scam"]
    assert len(world.dialogue.heard) == 1


async def test_and_now_goes_on_with_the_last_topic(world: World) -> None:
    world.dialogue.answer = understood("stolen_bike", Said("utter_stolen_bike"))
    await world.says("my bike is gone")
    turn = await world.turn("and now?")
    assert "This is what you can do next" in turn.replies[0].text
    assert turn.replies[0].buttons[0][0].payload == "tip:start"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_and_now_without_a_topic_is_asked_back_kindly(world: World, language: Language) -> None:
    turn = await world.turn(NEXT[language][3])
    assert turn.replies[0].text == CATALOGUE.say("next.ask", turn.language or LANGUAGES[0])
    assert any(button.payload == "menu:online" for row in turn.replies[0].buttons for button in row)
    assert world.dialogue.heard == []


async def test_and_now_after_the_crisis_text_stays_with_it(world: World) -> None:
    await world.says(DESPAIR["en"])
    assert "I am still here" in await world.says("what do i do now")


async def test_a_language_asked_for_in_words_is_kept(world: World) -> None:
    assert CATALOGUE.say("lang.set", Language("it")) in await world.says("en italiano por favor")
    turn = await world.turn("someone took my money yesterday")
    assert turn.language == "it"


async def test_a_story_in_a_flow_may_mention_a_language_and_words_that_ask_still_switch(world: World) -> None:
    await world.presses("tip:start")
    await world.says("je parle français")
    turn = await world.turn("en français s'il te plaît")
    assert world.tip.words == ["je parle français"]
    assert turn.language == "fr"


async def test_keys_hit_at_random_are_not_understood_and_change_no_language(world: World) -> None:
    turn = await world.turn("asdfgh jkl")
    assert turn.replies[0].text == CATALOGUE.say("unclear.nonsense", LANGUAGES[0]) and turn.replies[0].buttons
    assert world.dialogue.heard == [] and turn.language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_crisis_text_is_never_said_twice_in_a_row(world: World, language: Language) -> None:
    await world.presses(f"lang:set:{language}")
    first, second, third = [await world.says(DESPAIR[language]) for _ in range(3)]
    assert first == third != second
    assert second.startswith(CATALOGUE.say("crisis.again", language, {"crisis_lines": "|", "emergency": "112"}).partition("|")[0])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_wants_to_talk_to_nobody_is_left_the_choice(world: World, language: Language) -> None:
    await world.presses(f"lang:set:{language}")
    await world.says(DESPAIR[language])
    said = await world.says(NO_TALK[language][0])
    assert said.startswith(CATALOGUE.say("crisis.no_talk", language, {"crisis_lines": "|", "emergency": "112"}).partition("|")[0])
    assert world.dialogue.heard == []


async def test_without_a_crisis_the_model_hears_who_wants_to_talk_to_nobody(world: World) -> None:
    await world.says(NO_TALK["en"][0])
    assert len(world.dialogue.heard) == 1


async def test_the_question_about_safety_is_the_only_one(world: World) -> None:
    world.dialogue.answer = understood("nlu_fallback", Clarify(("scam", "hate")))
    turn = await world.turn("im so scared")
    assert len(turn.replies) == 1 and SOFT in turn.replies[0].text and CRISIS not in turn.replies[0].text


async def test_who_wonders_how_to_prevent_it_may_read_or_say_that_it_happened(world: World) -> None:
    world.answers.near = (Choice("know:article:shops", "Fake shops", literal=True),)
    turn = await world.turn(WONDER["en"][1])
    assert turn.replies[0].text == CATALOGUE.say("unclear.article", LANGUAGES[0])
    assert [button.payload for row in turn.replies[0].buttons for button in row] == ["know:article:shops", "say:scam"]


@pytest.mark.parametrize("text", ["someone took my money", "i paid in a fake shop, how do i get it back"])
async def test_to_whom_it_happened_no_article_comes_first(world: World, text: str) -> None:
    world.answers.near = (Choice("know:article:shops", "Fake shops", literal=True),)
    assert "Scams fool" in await world.says(text)
    assert world.answers.wondered == []


async def test_without_an_article_that_is_near_the_help_is_said_at_once(world: World) -> None:
    assert "Scams fool" in await world.says(WONDER["en"][1])
