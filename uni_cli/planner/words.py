"""The words about light, style and view that the rules know."""

from __future__ import annotations

from uni_cli.planner.lexicon import Lexicon

TIMES = Lexicon(
    {
        "dawn": "dawn, sunrise, daybreak, first light, early morning, crack of dawn",
        "morning": "morning, breakfast time",
        "noon": "noon, midday, high sun, bright sunlight, blazing sun, harsh sun, sunny day, broad daylight",
        "afternoon": "afternoon",
        "golden": "golden hour, golden light, golden sunlight, late afternoon, evening sun, low sun, magic hour",
        "dusk": "dusk, sunset, twilight, evening, sundown, nightfall, gloaming",
        "blue": "blue hour",
        "night": "night, midnight, nighttime, moonlight, moonlit, starry, starlight, full moon, nocturnal, after dark,"
        " 1am, 2am, 3am, 4am, 3 am, 2 am",
    }
)
WEATHERS = Lexicon(
    {
        "rain": "rain, rainy, raining, drizzle, downpour, monsoon, wet",
        "storm": "storm, stormy, thunderstorm, lightning, hurricane, tempest",
        "snow": "snow, snowy, snowfall, snowing, blizzard, snowstorm, snow covered, frost, frosty, frozen",
        "fog": "fog, foggy, mist, misty, haze, hazy",
        "overcast": "overcast, cloudy, grey sky, gray sky, grey day",
        "autumn": "autumn, fall colours, fall colors, october, november, autumnal",
        "winter": "winter, wintry, december, january, christmas",
        "spring": "spring, springtime, april, cherry blossom, blossom",
        "summer": "summer, july, august, heatwave",
    }
)
# Weather that is in the air of a place, rather than a light of its own.
AIR = Lexicon(
    {
        "air": "rain, drizzle, downpour, snow, snowfall, blizzard, fog, mist, haze, storm, thunderstorm, wind, rain"
        " outside, snow outside, storm outside, fog outside",
    }
)
LAMPS = Lexicon(
    {
        "neon": "neon, neon light, neon sign, cyberpunk",
        "candle": "candlelight, candlelit, candle, candle light",
        "fire": "firelight, campfire, fireplace, bonfire, torchlight",
        "lamp": "lamplight, lantern light, lanterns, desk lamp, street lamp, fairy lights, string lights",
        "studio": "studio light, studio lighting, softbox, ring light, rembrandt lighting, rim light, key light",
        "window": "window light, light from a window",
        "back": "backlight, backlit, backlighting, silhouette, contre jour",
        "spot": "spotlight, stage light",
        "plain": "soft light, soft lighting, natural light, diffuse light, diffused light, even light, flat light",
        "hard": "hard light, harsh light, dramatic light, dramatic lighting, moody lighting, low key, chiaroscuro",
        "high": "high key",
        "volume": "volumetric light, god rays, light rays, sunbeam, shafts of light, light shafts, dappled light",
    }
)
# What a phrase about light ends with.
LIGHT_ENDS = Lexicon(
    {
        "light": "light, lighting, lit, glow, sunlight, daylight, moonlight, starlight, candlelight, firelight,"
        " lamplight, backlight, backlit, shadow, sun, sunrise, sunset, dawn, dusk, daybreak, twilight, golden"
        " hour, blue hour, magic hour, morning, noon, midday, afternoon, evening, night, midnight, nightfall,"
        " neon, reflection, glare, sky, overcast, high key, low key, chiaroscuro, spotlight, torchlight,"
        " sunbeam, god rays, silhouette, dark, summer, winter, autumn, spring, october, november, december,"
        " january, april, july, august, daytime, nighttime, 1am, 2am, 3am, 4am, 3 am, 2 am",
    }
)
MEDIA = Lexicon(
    {
        "watercolour": "watercolour, watercolor, aquarelle",
        "gouache": "gouache",
        "oil": "oil painting, oil paint, oils, oil on canvas",
        "acrylic": "acrylic, acrylic painting",
        "pencil": "pencil, pencil drawing, pencil sketch, graphite, sketch, coloured pencil, colored pencil, crayon,"
        " crayon drawing",
        "charcoal": "charcoal, charcoal drawing, pastel drawing, chalk",
        "ink": "ink, ink drawing, pen and ink, line art, line drawing, ink wash, sumi e, etching, engraving",
        "print": "woodcut, linocut, woodblock print, ukiyo e, screen print, screenprint, risograph, lithograph",
        "pixel": "pixel art, 8 bit, 16 bit",
        "paper": "papercut, paper cut, cut paper, paper collage, collage, origami, paper craft, papercraft, layered"
        " paper",
        "clay": "claymation, clay, plasticine, stop motion",
        "render": "3d render, 3d, octane render, render, cgi, low poly, voxel, blender",
        "isometric": "isometric",
        "flat": "vector, flat vector, flat design, flat illustration, vector art, vector illustration, minimalist"
        " vector",
        "manga": "manga, comic, comic book, webtoon, anime, graphic novel, manhwa, comic strip, comic page, manga page",
        "film": "film still, cinematic, movie still, film scene, cinematic still",
        "analog": "35mm film, film photo, film photograph, analog photo, analogue photo, polaroid, kodak portra,"
        " portra, kodachrome, film grain, disposable camera, kodak gold, cinestill, fujifilm, ilford, tri x",
        "documentary": "documentary photograph, documentary photo, documentary, street photography, photojournalism",
        "mono": "black and white, monochrome, b&w, black and white photograph, black and white photo",
        "photo": "photo, photograph, photography, photorealistic, photoreal, photographic, photorealism, realistic,"
        " hyperrealistic, snapshot, product photo, studio photo, editorial photo, dslr",
        "digital": "digital painting, concept art, matte painting, digital art",
        "storybook": "children's book, storybook, picture book, children's book illustration",
        "illustration": "illustration, drawing, cartoon, doodle",
        "painting": "painting, fresco, mural, impressionist, expressionist, cubist, surrealist",
        "glass": "stained glass, mosaic, embroidery, tapestry, ceramic",
        "blueprint": "blueprint, technical drawing",
    }
)
STYLES = Lexicon(
    {
        "style": "bright, colourful, colorful, vivid, glossy, matte, crisp, style, aesthetic, look, vibe, mood,"
        " atmosphere, tone, feel, palette, colour, color, hue, contrast, detail, texture, brushwork,"
        " brushstroke, grain, minimalist, minimal, minimalism, vintage, retro, art deco, art nouveau, bauhaus,"
        " brutalist, cyberpunk, steampunk, solarpunk, vaporwave, synthwave, noir, gothic, baroque, rococo,"
        " surreal, whimsical, dreamy, ethereal, moody, cozy, cosy, eerie, serene, calm, cheerful, playful,"
        " dramatic, epic, melancholic, melancholy, nostalgic, romantic, mysterious, futuristic, pop art,"
        " maximalist, muted, pastel, vibrant, desaturated, monochromatic, highly detailed, detailed, 8k, 4k,"
        " hdr, sharp focus, masterpiece, elegant, clean, bold, modern, rustic, photorealism, kawaii, cute,"
        " grainy, gritty, luxurious, studio ghibli, ghibli, pixar, disney, wes anderson, sepia, award winning,"
        " trending on artstation, unreal engine",
    }
)
COLOURS = Lexicon(
    {
        "colour": "red, crimson, scarlet, orange, amber, gold, golden, yellow, green, olive, emerald, teal, turquoise,"
        " cyan, blue, navy, indigo, purple, violet, magenta, pink, rose, brown, copper, rust, ochre, beige,"
        " cream, ivory, white, black, grey, gray, silver, lavender, coral, mint, terracotta, sage, burgundy,"
        " pastel, neon, sepia, peach",
    }
)
# Words that may stand beside colours in a clause that is about nothing but colour.
COLOUR_FILL = frozenset(
    "a an the in of and with to only warm cold cool soft muted deep dark light pale bright vivid dusty saturated hints "
    "accents accent tones tone palette colours colors colour color shades touches dominant some on against".split()
)
MOODS = Lexicon(
    {
        "cozy": "cozy, cosy, homely, snug, hygge, intimate, warm and inviting",
        "dark": "dark, moody, noir, gritty, gothic, ominous, sinister, brooding",
        "eerie": "eerie, creepy, haunted, spooky, scary, horror, ghostly, unsettling, halloween",
        "cheerful": "cheerful, happy, joyful, playful, fun, cute, bright, funny, whimsical, birthday",
        "serene": "serene, calm, peaceful, quiet, tranquil, zen, meditative, gentle",
        "epic": "epic, dramatic, heroic, majestic, powerful, grand",
        "romantic": "romantic, tender, wedding, love, dreamy",
        "nostalgic": "nostalgic, vintage, retro, old fashioned, 70s, 80s, 90s, 1950s, 1970s, 1980s",
        "lonely": "lonely, lonesome, melancholy, melancholic, sad, solitary, abandoned",
        "future": "futuristic, sci fi, science fiction, high tech",
    }
)
COMPOSITIONS = Lexicon(
    {
        "close": "close up, closeup, extreme close up, tight shot, tight crop",
        "macro": "macro, macro shot",
        "wide": "wide shot, wide angle, wide view, establishing shot, long shot, wide angle lens, panoramic view",
        "low": "low angle, from below, worm's eye view, low viewpoint",
        "high": "high angle, bird's eye view, birds eye view, aerial view, aerial, aerial shot, drone shot, from above",
        "top": "top down, top view, overhead, overhead shot, flat lay, knolling, top down view",
        "level": "eye level, eye level shot, straight on, head on, front view, frontal",
        "side": "side view, profile view, in profile, from the side",
        "back": "from behind, over the shoulder, back view",
        "three": "three quarter view, three quarter angle",
        "full": "full body, full length, full figure, full body shot",
        "half": "half length, waist up, medium shot, head and shoulders, bust, headshot",
        "centre": "centered, centred, symmetrical, symmetry, symmetric, symmetrical composition",
        "thirds": "rule of thirds, off centre, off center, asymmetrical, golden ratio",
        "focus": "shallow depth of field, depth of field, bokeh, out of focus, blurred background, blurry background,"
        " tilt shift, selective focus, deep focus",
        "lens": "telephoto, long lens, fisheye, wide lens, macro lens, telephoto lens, prime lens, 24mm, 28mm, 35mm,"
        " 50mm, 85mm, 100mm, 135mm, 200mm, 24 mm, 35 mm, 50 mm, 85 mm, 135 mm, dutch angle, motion blur, long"
        " exposure",
        "space": "negative space, copy space, empty space, white space, leading lines, framing, composition,"
        " foreground, split screen, diptych, triptych, grid, isometric view, cutaway, cross section, exploded"
        " view",
    }
)
