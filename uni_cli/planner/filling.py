"""The parts of a brief from what was said and what fits it. A part that was said in full stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from uni_cli.planner import choices, words
from uni_cli.planner.plan import Line, Origin
from uni_cli.planner.scene import FLAT, Scene

TIME_NAMES = {
    "dawn": "dawn", "morning": "morning", "noon": "midday", "afternoon": "afternoon", "golden": "golden hour",
    "dusk": "dusk", "blue": "blue hour", "night": "night",
}  # fmt: skip
# Where there are words already, no room is left for others.
ROOM_FOR_WORDS = re.compile(r", (clear |calm )?(empty )?space [^,]*for [^,]*(headline|title|author|text below)")
DRAWN_FLAT = ("flat", "blueprint", "pixel", "isometric")


def fill(scene: Scene, said: Mapping[str, str], *, changed: bool) -> dict[str, Line]:
    """`changed`: the quotes in the subject are ours."""
    setting = _setting(scene, said.get("setting", ""))
    if not scene.place and not said.get("setting") and scene.kind not in ("portrait", "product"):
        scene = replace(scene, place=scene.home)
    return {
        "subject": _subject(scene, said["subject"], changed=changed),
        "setting": setting,
        "light": _light(scene, said.get("light", "")),
        "style": _style(scene, said.get("style", "")),
        "composition": _composition(scene, said.get("composition", "")),
    }


def _line(said: str, more: str, *, joint: str = ", ") -> Line:
    if not said:
        return Line(more, Origin.SUGGESTED)
    return Line(f"{said}{joint}{more}", Origin.EXTENDED) if more else Line(said)


def _count(text: str) -> int:
    return len(re.findall(r"[\w'’-]+", text))


def _subject(scene: Scene, said: str, *, changed: bool) -> Line:
    closer = "" if scene.format and scene.format != "icon" else choices.CLOSER.get(scene.kind, "")
    if scene.format in ("logo", "icon") and not scene.lettering:
        closer = choices.CLOSER["logo"]
    bare = _count(re.sub(r"^(an?|the|one) ", "", said, flags=re.IGNORECASE)) <= 2 and not re.search(
        r"\w{2}ing\b|\bas\b|IMAGE\d", said
    )
    if bare and closer and not scene.many and not scene.lettering:
        return _line(said, closer)
    return Line(said, Origin.EXTENDED if changed else Origin.SAID)


def _setting(scene: Scene, said: str) -> Line:
    air = choices.AIR.get(scene.weather, "") if scene.around in ("out", "city") else ""
    if said:
        wordy = _count(said) > 5
        details = "" if wordy else _in_season(choices.DETAILS.get(scene.place, ""), scene.weather)
        return _line(said, ", ".join(filter(None, (details, air))))
    if scene.format in choices.KINDSETTING:
        return _line("", choices.KINDSETTING[scene.format])
    if scene.format in choices.PLAINFORMAT and not scene.place:
        return _line("", choices.PLAINFORMAT[scene.format])
    usual = choices.HOMES.get(scene.home) or choices.DETAILS.get(scene.home, "")
    home = "" if scene.kind in ("portrait", "product") else usual
    home = choices.DETAILS.get(scene.place) or home or choices.KINDSETTING.get(scene.kind) or choices.PLAINSETTING
    return _line("", ", ".join(filter(None, (_in_season(home, scene.weather), air))))


def _in_season(place: str, weather: str) -> str:
    if weather not in ("snow", "winter"):
        return place
    return ", ".join(part for part in place.split(", ") if part not in choices.GREEN)


def _light(scene: Scene, said: str) -> Line:
    if said:
        return _line(said, _lighted(scene) if _count(said) <= 4 else "", joint=": ")
    if scene.format in FLAT or scene.medium in DRAWN_FLAT:
        return _line("", choices.NO_SHADOWS)
    drawn = scene.format in choices.KINDSTYLE and not scene.medium
    # A summer sale has no weather.
    scene = replace(scene, weather="") if drawn else scene
    if drawn and not (scene.time or scene.lamp or scene.mood):
        return _line("", choices.EVEN)
    if scene.medium == "manga" and not scene.time:
        return _line("", choices.MANGALIGHT)
    named = TIME_NAMES.get(scene.time, "")
    known = _lighted(scene)
    if known and named and scene.place not in choices.PLACELIGHT:
        return _line("", f"{named}: {known}")
    return _line("", known or _usual_light(scene))


def _lighted(scene: Scene) -> str:
    """What the time, the lamps and the weather that were named do to a place like this."""
    if scene.place in choices.PLACELIGHT and scene.place != "backdrop":
        return choices.PLACELIGHT[scene.place]
    grey = scene.weather in ("rain", "storm", "fog", "overcast") and scene.time in ("morning", "noon", "afternoon")
    time = "" if grey else choices.DAYLIGHT.get(scene.time, {}).get(scene.around, "")
    lamp = choices.LAMPLIGHT.get(scene.lamp, "")
    if lamp and (scene.time in ("", "night") or scene.lamp in ("back", "volume", "window", "plain", "hard")):
        time = "" if scene.time == "night" else time
    weather = choices.WEATHERLIGHT.get(scene.weather, "") if not (time or lamp) and scene.around != "in" else ""
    return "; ".join(filter(None, (lamp, time, weather)))


def _usual_light(scene: Scene) -> str:
    mood = choices.MOODLIGHT.get(scene.mood, {})
    if mood:
        return mood.get(scene.around) or mood[""]
    by_kind = choices.KINDLIGHT.get(scene.kind, "") if scene.around != "in" or scene.kind in ("food", "product") else ""
    return choices.PLACELIGHT.get(scene.place) or by_kind or choices.AROUNDLIGHT[scene.around]


def _style(scene: Scene, said: str) -> Line:
    usual = _usual_style(scene)
    if said:
        medium = words.MEDIA.first(said)
        if medium:
            return _line(said, choices.MEDIUM[medium] if _count(said) <= 4 else "", joint=": ")
        if re.search(r"style of|inspired|like|by [A-Z]|(style|look) (of|from) IMAGE\d| style$", said):
            return Line(said)
        return _line(said, _without_colour(usual) if words.COLOURS.find(said) or "colo" in said else usual, joint="; ")
    if scene.medium:
        return _line("", f"{scene.medium_words}: {choices.MEDIUM[scene.medium]}")
    mood = choices.MOODSTYLE.get(scene.mood, "")
    return _line("", f"{_without_colour(usual)}, {mood}" if mood else usual)


def _usual_style(scene: Scene) -> str:
    if scene.format in choices.KINDSTYLE:
        return choices.KINDSTYLE[scene.format]
    if scene.story:
        return choices.STORYSTYLE
    if scene.place in ("space", "planet"):
        return choices.PLACESTYLE
    if scene.home == "under" and scene.around in ("city", "in"):
        return choices.KINDSTYLE["fantasy"]
    if scene.kind == "animal" and scene.around == "in":
        return choices.PLAINSTYLE
    return choices.KINDSTYLE.get(scene.kind, choices.PLAINSTYLE)


def _without_colour(text: str) -> str:
    text = text.replace("natural colour photograph", "photograph")
    kept = [part for part in text.split(", ") if not re.search(r"colou?r|palette", part)]
    return ", ".join(kept) or text


def _composition(scene: Scene, said: str) -> Line:
    bans = [part for part in said.split(", ") if re.match(r"(no|without) ", part)]
    views = [part for part in said.split(", ") if part and part not in bans]
    view = ", ".join(views)
    if view:
        found = words.COMPOSITIONS.first(view)
        more = choices.VIEWS.get(found, "") if _count(view) <= 3 else ""
        line = _line(view, more)
    else:
        line = _line("", _usual_view(scene))
    if bans:
        line = Line(f"{line.text}, {', '.join(bans)}", Origin.EXTENDED if line.origin != Origin.SAID else Origin.SAID)
    if scene.lettering:
        line = Line(f"{line.text}, {scene.lettering} in clear lettering, spelled exactly so", _less_said(line.origin))
    return line


def _less_said(origin: Origin) -> Origin:
    return Origin.EXTENDED if origin is Origin.SAID else origin


def _usual_view(scene: Scene) -> str:
    if scene.format in choices.FORMATVIEW:
        view = choices.FORMATVIEW[scene.format]
        return ROOM_FOR_WORDS.sub("", view) if scene.lettering else view
    if scene.medium in ("manga", "isometric"):
        return choices.MANGAVIEW if scene.medium == "manga" else choices.ISOMETRICVIEW
    if scene.many and scene.kind in ("person", "animal"):
        return choices.SEVERAL
    if scene.around == "space":
        return choices.SPACEVIEW
    if scene.around == "in" and scene.kind in ("person", "animal", "fantasy"):
        who = "animal" if scene.kind == "animal" else "figure"
        return f"eye level, the {who} a third from the left, the room open behind"
    by_place = choices.PLACEVIEW.get(scene.around) if scene.place in choices.DETAILS else None
    return choices.KINDVIEW.get(scene.kind) or by_place or choices.PLAINVIEW
