"""The words the painter knows."""

from __future__ import annotations

from .colour import RGB


def invert(table: dict[str, str]) -> dict[str, str]:
    """From `meaning: words separated by commas` to `word: meaning`."""
    return {word.strip(): meaning for meaning, words in table.items() for word in words.split(",")}


NEGATIONS = frozenset({"no", "without", "not", "never"})
ARTICLES = frozenset({"a", "an", "the", "any", "other"})
NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
NUMBERS |= {"pair": 2, "couple": 2, "few": 3, "several": 4, "many": 7, "flock": 7, "fleet": 5, "dozen": 9}

TIMES = invert(
    {
        "dawn": "dawn, sunrise, daybreak, early morning, first light, alba, aurore, morgenrot",
        "day": "day, noon, midday, daylight, daytime, afternoon, morning, sunny, sunlit, sunshine, bright day",
        "golden": "golden hour, golden light, late afternoon, evening sun, amber light, low sun",
        "dusk": "dusk, sunset, twilight, evening, blue hour, nightfall, sundown, gloaming, vaporwave",
        "night": "night, midnight, moonlit, moonlight, starry, nocturne, nighttime, nocturnal, neon, dark night, 夜",
    }
)
WEATHERS = invert(
    {
        "rain": "rain, rainy, drizzle, downpour, raining, wet, monsoon, shower",
        "storm": "storm, stormy, thunder, thunderstorm, lightning, tempest, hurricane",
        "snow": "snow, snowfall, snowing, blizzard, snowflake, snowstorm",
        "fog": "fog, foggy, mist, misty, haze, hazy, smoke, smoky",
        "clouds": "cloud, clouds, cloudy, overcast, cumulus",
        "clear": "clear, cloudless, clear sky, sunny",
    }
)
SEASONS = invert(
    {
        "spring": "spring, springtime, april, may, blossom, cherry, sakura, cherry blossom",
        "summer": "summer, july, august, lush, verdant",
        "autumn": "autumn, fall, october, november, autumnal, maple, harvest",
        "winter": "winter, wintry, december, january, frozen, ice, icy, arctic, glacier, christmas,"
        " snowy, frosty, snow covered",
    }
)
PLACES = invert(
    {
        "sea": "sea, ocean, coast, beach, shore, bay, harbor, harbour, seaside, island, waves, wave, cliff, port, 海",
        "lake": "lake, river, pond, fjord, lagoon, reflection, canal, stream, waterfall",
        "mountains": "mountain, mountains, alps, alpine, peak, summit, ridge, valley, canyon, himalaya, volcano,"
        " fuji, 山",
        "forest": "forest, wood, woods, jungle, grove, pine, pines, woodland, redwood, taiga, rainforest, bamboo",
        "city": "city, town, street, skyline, downtown, skyscraper, metropolis, urban, cyberpunk, tokyo, york, paris,"
        " rooftop, rooftops, alley, neon, market, shibuya",
        "desert": "desert, dune, dunes, sahara, mars, martian, sand, oasis, mesa, pyramid, pyramids",
        "meadow": "meadow, field, hill, hills, countryside, farm, garden, grass, prairie, park, pasture, village,"
        " vineyard",
        "interior": "interior, room, kitchen, bedroom, library, studio, cafe, café, indoors, indoor, inside, office,"
        " cabin interior, living room, hallway, desk, workshop, bookshop",
        "portrait": "portrait, face, headshot, selfie, closeup of a face, bust",
        "still life": "still life, still, product shot, packshot, tabletop",
        "space": "space, galaxy, nebula, cosmos, orbit, universe, outer space, cosmic, milky",
        "underwater": "underwater, undersea, reef, coral, deep sea, submarine, seabed, aquarium",
    }
)
MOODS = invert(
    {
        "calm": "calm, quiet, peaceful, serene, still, silent, gentle, soft, minimal, minimalist, cozy, cosy, zen",
        "dark": "dark, gloomy, moody, noir, ominous, haunted, gothic, sinister, lonely, melancholy, sad, scary",
        "bright": "bright, happy, joyful, cheerful, vibrant, vivid, colorful, colourful, playful, saturated, pop",
        "dream": "dreamy, dream, magical, magic, mysterious, mystical, surreal, ethereal, fantasy, enchanted",
        "drama": "dramatic, epic, cinematic, majestic, powerful, intense, bold",
        "old": "vintage, retro, nostalgic, old, faded, antique, sepia",
    }
)
MEDIA = invert(
    {
        "paper": "paper, papercut, cut paper, paper cut, origami, collage, layered paper, papercraft,"
        " cardboard, diorama",
        "manga": "manga, comic, webtoon, screentone, ink drawing",
        "water": "watercolor, watercolour, aquarelle, wash, ink wash",
        "noir": "black and white, monochrome, noir, grayscale, greyscale, black white",
    }
)
SUBJECTS = invert(
    {
        "lighthouse": "lighthouse, beacon, leuchtturm, phare, faro",
        "boat": "boat, sailboat, ship, yacht, sailing, dinghy, schooner, regatta, sail",
        "rowboat": "rowboat, canoe, kayak, gondola, fishing boat, rowing boat",
        "house": "house, cottage, cabin, home, hut, farmhouse, chalet, barn, village, shed, bakery, inn",
        "tower": "tower, belfry, clocktower, campanile, church, chapel, spire",
        "windmill": "windmill, mill",
        "castle": "castle, palace, fortress, citadel",
        "tree": "tree, oak, willow, maple, blossom tree, cherry tree, sakura, apple tree, bonsai",
        "palm": "palm, palms, palm tree, coconut",
        "cactus": "cactus, saguaro, cacti",
        "sun": "sun, sunrise, sunset",
        "moon": "moon, crescent, moonlit, moonlight, full moon",
        "stars": "stars, starry, star, constellation, milky",
        "aurora": "aurora, northern lights, borealis, polar lights",
        "bird": "bird, gull, seagull, swallow, crow, raven, flock, crane, geese, goose, dove, starling",
        "cat": "cat, kitten, kitty, feline, 猫, chat, katze",
        "dog": "dog, puppy, wolf, hound, husky",
        "fox": "fox",
        "deer": "deer, stag, elk, moose, doe",
        "horse": "horse, stallion, mare, pony, unicorn",
        "person": "person, man, woman, girl, boy, child, figure, traveler, traveller, hiker, wanderer, couple, samurai,"
        " knight, monk, astronaut, silhouette, robot, fisherman, dancer, someone",
        "car": "car, automobile, convertible, sedan, taxi, racecar",
        "van": "van, bus, camper, campervan, truck, caravan, minibus",
        "bicycle": "bicycle, bike, cyclist",
        "train": "train, locomotive, railway, tram, steam train",
        "bridge": "bridge, viaduct, aqueduct",
        "flowers": "flower, flowers, tulip, poppy, poppies, daisy, rose, lavender, sunflower, wildflower, peony,"
        " bouquet, lily, orchid",
        "vase": "vase, bouquet, flower pot, pitcher",
        "fruit": "fruit, apple, orange fruit, lemon, pear, peach, grapes, oranges, lemons, cherries, citrus, persimmon",
        "cup": "cup, coffee, tea, mug, espresso, teacup, matcha",
        "teapot": "teapot, kettle",
        "lamp": "lamp, lantern lamp, desk lamp",
        "lantern": "lantern, lanterns, paper lantern",
        "candle": "candle, candlelight, candlelit",
        "book": "book, books, novel, notebook, reading",
        "bottle": "bottle, wine, perfume, jar, flask, potion",
        "window": "window, windowsill",
        "whale": "whale, orca, humpback",
        "fish": "fish, koi, shark, dolphin, salmon, goldfish",
        "jellyfish": "jellyfish, medusa",
        "rocket": "rocket, spaceship, spacecraft, starship, shuttle",
        "planet": "planet, planets, saturn, jupiter, earth, exoplanet",
        "balloon": "balloon, hot air, balloons, airship, zeppelin",
        "plane": "plane, airplane, aeroplane, aircraft, jet, glider",
        "pyramid": "pyramid, pyramids",
        "torii": "torii, shrine, temple gate",
        "pagoda": "pagoda, temple, kyoto",
        "tent": "tent, camp, camping, campfire, campsite",
        "umbrella": "umbrella, parasol",
        "snowman": "snowman",
        "butterfly": "butterfly, butterflies, moth",
        "volcano": "volcano, fuji, volcanic",
        "waterfall": "waterfall, cascade, waterfalls",
        "mushroom": "mushroom, mushrooms, toadstool, fungi",
        "dragon": "dragon, wyvern",
        "guitar": "guitar, violin, cello",
    }
)
UNCOUNTED = frozenset({"book", "fruit", "flowers", "mushroom", "stars", "sun", "moon", "aurora", "window", "guitar"})
HOMES = {
    "lighthouse": "sea", "boat": "sea", "rowboat": "lake", "house": "meadow", "tower": "meadow", "windmill": "meadow",
    "castle": "mountains", "tree": "meadow", "palm": "sea", "cactus": "desert", "cat": "interior", "deer": "forest",
    "fox": "forest", "dog": "meadow", "horse": "meadow", "person": "mountains", "car": "desert", "van": "mountains",
    "bicycle": "meadow", "train": "mountains", "bridge": "lake", "flowers": "meadow", "vase": "still life",
    "fruit": "still life", "cup": "still life", "teapot": "still life", "lamp": "interior", "lantern": "lake",
    "candle": "still life", "book": "interior", "bottle": "still life", "window": "interior", "whale": "underwater",
    "fish": "underwater", "jellyfish": "underwater", "rocket": "space", "planet": "space", "balloon": "mountains",
    "plane": "mountains", "pyramid": "desert", "torii": "lake", "pagoda": "forest", "tent": "mountains",
    "umbrella": "city", "snowman": "meadow", "butterfly": "meadow", "bird": "sea", "aurora": "mountains",
    "stars": "mountains", "volcano": "mountains", "waterfall": "mountains", "mushroom": "forest", "dragon": "mountains",
    "guitar": "interior",
}  # fmt: skip
DETAILS = invert(
    {
        "flowers": "flower, flowers, poppies, lavender, tulip, daisy, wildflower, sunflower, blossom",
        "rays": "rays, sunbeam, beam, godrays, shafts, light shafts, sunbeams, beams",
        "blossom": "blossom, blossoms, cherry, sakura, cherry blossom",
        "rainbow": "rainbow",
        "neon": "neon, cyberpunk, vaporwave",
        "firefly": "firefly, fireflies, sparks, embers",
        "pine": "pine, pines, conifer, fir, spruce",
    }
)
COLOURS: dict[str, RGB] = {
    "red": (206, 50, 44), "crimson": (170, 24, 48), "orange": (236, 130, 40), "gold": (228, 178, 70),
    "yellow": (244, 206, 66), "green": (70, 150, 84), "teal": (34, 138, 138), "turquoise": (64, 190, 184),
    "blue": (46, 98, 190), "indigo": (62, 54, 150), "purple": (124, 66, 170), "violet": (146, 92, 196),
    "pink": (240, 140, 172), "magenta": (204, 48, 140), "brown": (124, 82, 52), "white": (244, 242, 236),
    "black": (28, 28, 34), "grey": (140, 142, 148), "beige": (224, 206, 174), "lavender": (176, 160, 218),
    "copper": (184, 104, 62), "emerald": (24, 132, 92), "coral": (244, 122, 100), "silver": (190, 196, 204),
    "navy": (26, 40, 92),
}  # fmt: skip
COLOUR_NAMES = {name: name for name in COLOURS} | invert(
    {
        "red": "scarlet, ruby, vermilion, rot, rouge, rojo",
        "orange": "tangerine, amber, apricot",
        "gold": "golden, gilded, ochre",
        "green": "olive, jade, mossy, sage, mint",
        "teal": "cyan, aqua, petrol",
        "blue": "azure, cobalt, sapphire, blau, bleu, azul",
        "purple": "plum, mauve, lilac",
        "pink": "rose, blush, salmon",
        "grey": "gray, slate",
        "beige": "cream, ivory, sandy",
        "navy": "midnight blue, dark blue",
        "copper": "bronze, rust, terracotta",
    }
)
