"""What the rules put where the intent says nothing, or little: concrete, and fitting to what it does say."""

from __future__ import annotations

# --- light -----------------------------------------------------------------------------------------------------

DAYLIGHT = {
    "dawn": {
        "out": "first pale gold low on the horizon, long cool shadows",
        "city": "first pale gold on the upper walls, the ground still in cool blue shadow",
        "in": "pale gold through the window from one side, long soft shadows",
    },
    "morning": {
        "out": "clear low sun from the left, soft blue shadows",
        "city": "clear low sun between the buildings, long soft shadows",
        "in": "clear light from a window on the left, soft shadows",
    },
    "noon": {
        "out": "sun high above, short hard shadows, saturated colours",
        "city": "sun straight from above, short hard shadows at the foot of the walls",
        "in": "bright light falling steeply through the window, the corners of the room in shade",
    },
    "afternoon": {
        "out": "warm sun from the right, shadows beginning to lengthen",
        "city": "warm sun raking along the walls, one side in shade",
        "in": "warm light slanting in from the right, a bright patch on the floor",
    },
    "golden": {
        "out": "low warm sun from the side, glowing edges, long shadows",
        "city": "low warm sun down the length of the street, glowing edges, long shadows",
        "in": "low warm sun through the window, dust in the beam, deep amber shadows",
    },
    "dusk": {
        "out": "the sun just gone, sky from orange to violet, shapes darkening against it",
        "city": "sky from orange to violet, the first windows and lamps lit",
        "in": "the last violet daylight in the window, one warm lamp lit",
    },
    "blue": {
        "out": "even deep blue twilight, a last pale band on the horizon",
        "city": "even deep blue twilight against warm lamps and windows",
        "in": "deep blue in the window, warm lamplight inside",
    },
    "night": {
        "out": "moonlight from high on the left, deep blue shadows",
        "city": "street lamps and lit windows as the only sources, deep blue shadows between them",
        "in": "one warm lamp, the rest of the room falling into shadow",
    },
}
LAMPLIGHT = {
    "neon": "neon signs as the main sources, magenta and cyan on every wet edge",
    "candle": "a small warm flame close to the subject, soft falloff into darkness",
    "fire": "flickering orange from below and one side, deep shadows behind",
    "lamp": "small warm pools of light, darkness between them",
    "studio": "one large softbox from the upper left, a faint fill from the right",
    "window": "from the left, gentle falloff toward the far side",
    "back": "the light behind the subject, a bright rim around a darker front",
    "spot": "one hard beam from above, everything around it dark",
    "plain": "even and diffuse, open shadows",
    "hard": "one strong source from the side, deep shadows, few mid-tones",
    "high": "bright and nearly without shadows",
    "volume": "visible beams falling diagonally through the air",
}
WEATHERLIGHT = {
    "rain": "soft grey daylight without hard shadows, reflections on wet surfaces",
    "storm": "dark clouds with one break of light, hard contrast",
    "snow": "soft light bounced up from the snow, faint blue shadows",
    "fog": "diffuse and pale, shapes fading with distance",
    "overcast": "soft and even under grey clouds, no hard shadows",
    "autumn": "low amber sun through thinning leaves, long shadows",
    "winter": "low pale sun, long blue shadows",
    "spring": "fresh clear morning light, soft shadows",
    "summer": "bright warm sun from the side, crisp shadows",
}
MOODLIGHT = {
    "cozy": {
        "in": "warm lamplight, soft edges, gently filled shadows",
        "": "low warm sun, soft edges, gently filled shadows",
    },
    "dark": {"": "one weak source from the side, most of the frame in shadow"},
    "eerie": {"": "cold moonlight from behind, low mist catching it"},
    "cheerful": {"": "bright clear daylight, open shadows"},
    "serene": {"": "the soft even light of an early morning"},
    "epic": {"": "low sun breaking through clouds, visible rays, strong contrast"},
    "romantic": {"": "low golden backlight, glowing edges"},
    "nostalgic": {"": "warm, slightly faded late-afternoon light"},
    "lonely": {"": "cool blue dusk with one small warm light"},
    "future": {"": "cool strip lights and thin reflections, one warm accent"},
}
KINDLIGHT = {
    "portrait": "soft window light from the left, gentle falloff on the far cheek",
    "product": "one large softbox from the upper left, a soft shadow to the right, white fill",
    "food": "window light from behind and left, bright highlights, soft shadows toward the camera",
    "skyline": "low warm sun from the side, long shadows, haze between the layers",
    "fantasy": "low sun breaking through clouds, visible rays, strong contrast",
    "vehicle": "low warm sun along the side, a clean highlight on every edge",
    "building": "low warm sun from one side, the other side in cool shade",
    "plant": "soft morning light from behind, the petals and leaves glowing at the edges",
    "animal": "soft low sun from the side, a bright catchlight in the eye",
}
PLACELIGHT = {
    "stage": "one hard beam from above, everything around it dark",
    "chamber": "a single warm flame close by, a cold shaft of daylight from the narrow window",
    "under": "shafts of sunlight from the surface above, blue falling into darkness",
    "space": "one hard sun from the left, black shadows, a faint blue rim from the other side",
    "planet": "one hard low sun, long black shadows, a dark sky",
    "cave": "a single shaft from an opening above, the walls lit only by its reflection",
    "backdrop": "one large softbox from the upper left, a soft shadow to the right, white fill",
}
AROUNDLIGHT = {
    "in": "daylight from one window on the left, soft shadows",
    "city": "late afternoon sun raking along the walls, one side in shade",
    "out": "low warm sun from the left, long soft shadows",
}
EVEN = "even, the shapes carried by colour rather than by shadow"
MANGALIGHT = "one strong light from the upper left, the shadows solid black"
NO_SHADOWS = "flat and even, no cast shadows"

# --- style -----------------------------------------------------------------------------------------------------

MEDIUM = {
    "watercolour": "transparent washes, soft bleeding edges, visible paper grain, the white of the paper as highlights",
    "gouache": "opaque matte colour, simple shapes, slightly dry brush edges",
    "oil": "visible brushwork, thick highlights, soft lost edges in the shadows",
    "acrylic": "flat strong colour, crisp overlapping brush strokes",
    "pencil": "fine hatching, soft smudged shadows, the paper left bare for light",
    "charcoal": "broad dark strokes, smudged mid-tones, the paper as light",
    "ink": "confident lines of varying weight, hatching for shade, plenty of white",
    "print": "bold flat shapes, few colours, the slight texture of the block",
    "pixel": "crisp square pixels, a limited palette, no blur",
    "paper": "layers of cut paper, clean edges, small real shadows between the layers",
    "clay": "hand-made shapes with fingerprints, miniature set, soft studio light",
    "render": "clean geometry, soft global illumination, fine material detail",
    "isometric": "thirty-degree isometric projection, no vanishing point, clean edges",
    "flat": "flat shapes, few colours, crisp edges, no gradients",
    "manga": "clean ink outlines, screentone shading, solid blacks, expressive poses",
    "film": "like a frame of a feature film, anamorphic lens, restrained colour grade, fine grain",
    "analog": "fine grain, gentle contrast, slightly warm highlights",
    "documentary": "an unposed moment, natural colour, sharp from front to back",
    "mono": "a full range from deep black to clean white, fine grain",
    "photo": "natural colour, fine detail, true textures",
    "digital": "painterly brushwork, a cohesive palette, detail where the eye should rest",
    "storybook": "gentle shapes, soft edges, a warm limited palette, friendly faces",
    "illustration": "clear shapes, a limited palette, light texture",
    "painting": "visible brushwork, a cohesive palette, edges that soften in the shadows",
    "glass": "the material clearly visible, strong contours, jewel colours",
    "blueprint": "thin white lines on deep blue, even weight, neat annotations left empty",
}
KINDSTYLE = {
    "logo": "flat vector mark, two colours, crisp edges, no gradients, no photographic detail",
    "icon": "flat vector icon, bold simple shapes, two or three colours, crisp edges",
    "pattern": "flat repeating illustration, three or four colours, even rhythm",
    "diagram": "clean vector infographic, thin even lines, a limited palette with one accent",
    "map": "hand-drawn map, ink contours, muted washes, aged paper",
    "abstract": "flat geometric abstraction, three colours and the ground, crisp edges",
    "banner": "clean editorial illustration, flat shapes, a limited palette with one accent",
    "poster": "screen-printed poster, bold flat shapes, three colours and the paper",
    "book": "painterly cover illustration, strong silhouette, limited palette",
    "album": "bold graphic image, one strong idea, limited palette",
    "card": "gouache illustration, soft edges, a warm limited palette",
    "sheet": "clean line art with flat colour, neutral poses, consistent proportions",
    "phone": "minimal illustration, soft gradients, few large shapes",
    "portrait": "editorial portrait photograph, 85 mm look, true skin texture, shallow focus",
    "product": "commercial product photograph, crisp edges, clean highlights, true materials",
    "food": "editorial food photograph, natural colour, appetising texture",
    "fantasy": "detailed digital painting, painterly brushwork, a cohesive palette",
    "animal": "wildlife photograph, long lens, fine fur and feather detail, soft background",
    "skyline": "landscape photograph, long lens, natural colour, fine detail into the distance",
    "vehicle": "automotive photograph, natural colour, crisp reflections",
    "building": "architectural photograph, straight verticals, natural colour",
    "plant": "botanical photograph, fine detail, soft background",
    "person": "natural documentary photograph, true colour, fine grain",
}
PLACESTYLE = "cinematic still, crisp detail, restrained colour grade, fine grain"
STORYSTYLE = "storybook illustration, fine ink lines, soft washes of a warm limited palette"
PLAINSTYLE = "natural colour photograph, fine detail, true textures"
MOODSTYLE = {
    "cozy": "warm browns and ambers", "dark": "deep blacks, one muted accent colour",
    "eerie": "desaturated greens and greys", "cheerful": "bright clear colours", "serene": "few elements, muted tones",
    "epic": "rich contrast, deep colour", "romantic": "soft rose and gold tones", "lonely": "muted blues and greys",
    "nostalgic": "slightly faded warm colours", "future": "cool steel tones, one glowing accent",
}  # fmt: skip

# --- setting ---------------------------------------------------------------------------------------------------

DETAILS = {
    "street": "old facades, shop fronts and a few parked bicycles",
    "city": "roofs in layers, lit windows, towers in the distance",
    "roof": "chimneys, aerials and potted plants, the city beyond",
    "market": "crates, awnings and handwritten signs, people passing out of focus",
    "cafe": "small tables, a counter with cups, people blurred behind",
    "kitchen": "worn wooden worktop, hanging pans, herbs on the sill",
    "room": "a few well-worn pieces of furniture, books, a plant",
    "sill": "the glass slightly misted, the world outside out of focus",
    "library": "tall shelves, stacked books, a reading lamp",
    "workshop": "tools on the wall, shavings and dust, a scarred bench",
    "office": "papers, a lamp, a window behind",
    "backdrop": "seamless, without texture",
    "table": "the surface's grain visible, the room behind out of focus",
    "floor": "its grain and wear visible, nothing else around",
    "shop": "full shelves, a counter, reflections in the glass",
    "hall": "high ceiling, worn stone floor, columns receding",
    "station": "iron and glass overhead, a clock, a few waiting people",
    "road": "the line of the road leading into the distance, low hills on both sides",
    "harbour": "moored boats, coiled ropes, gulls, calm water",
    "beach": "wet sand with ripples, small waves, an empty horizon",
    "sea": "dark rocks, white foam, an open horizon",
    "lake": "still water with reflections, reeds at the edge",
    "forest": "mossy ground, ferns, trunks receding into haze",
    "mountain": "bare ridges in layers, each paler than the one before",
    "desert": "wind-drawn ripples in the sand, an empty horizon",
    "meadow": "long grass moving in the wind, wild flowers, a line of trees far off",
    "garden": "beds of mixed flowers, a gravel path, dappled shade",
    "snow": "wind-packed ridges, no tracks, a pale horizon",
    "cave": "wet rock walls, a pool, roots hanging from above",
    "space": "scattered stars, a thin band of nebula far behind",
    "planet": "fine grey dust, scattered rocks, a black sky",
    "under": "drifting particles, soft corals, the surface a bright ceiling far above",
    "sky": "towering white clouds, thin air between them",
    "arena": "empty rows rising on all sides, marked floor",
}
GREEN = frozenset(
    {"mossy ground", "ferns", "long grass", "long grass moving in the wind", "wild flowers", "mown grass",
     "beds of mixed flowers", "flower beds out of focus behind", "dappled shade"}
)  # fmt: skip
# What the weather adds to a place.
AIR = {
    "rain": "wet ground full of reflections, fine rain",
    "storm": "heavy clouds low overhead, everything loose bent by the wind",
    "snow": "every edge softened in white, slow flakes in the air",
    "fog": "everything further off dissolving into the mist",
    "autumn": "fallen leaves on the ground",
    "winter": "bare branches, a little snow in the corners",
    "spring": "blossom on the trees",
}
HOMES = {
    "forest": "a quiet forest clearing, mossy ground, ferns, trunks receding into haze",
    "meadow": "an open meadow, long grass, a line of trees far off",
    "room": "a lived-in room with a window, a worn rug, books out of focus behind",
    "garden": "a small garden, mown grass, flower beds out of focus behind",
    "lake": "the edge of a still lake, reeds, soft reflections",
    "sea": "a rocky headland above the sea, wind and open sky",
    "harbour": "a small harbour, moored boats, coiled ropes, calm water",
    "beach": "a wide beach, wet sand with ripples, small waves",
    "under": "open water in the sea, drifting particles, blue depth behind",
    "snow": "a wide field of wind-packed snow under a pale sky",
    "desert": "a dry plain of sand and stone, far hills in the heat",
    "mountain": "a high rocky slope, bare ridges in layers behind",
    "street": "a narrow old street, worn paving, shop fronts out of focus behind",
    "city": "high above a city, roofs in layers, lit windows far below",
    "kitchen": "a working kitchen, worn wooden worktop, hanging pans",
    "cafe": "a small café, a counter with cups, people blurred behind",
    "library": "a quiet library, tall shelves, a reading lamp",
    "workshop": "a cluttered workshop, tools on the wall, a scarred bench",
    "chamber": "a vaulted stone chamber, shelves of jars and old books, one narrow window",
    "hall": "a high stone hall, worn floor, columns receding",
    "stage": "a bare dark stage, worn boards, the audience only guessed at",
    "planet": "a bare plain of fine grey dust, scattered rocks, a black sky",
    "space": "open space, scattered stars, the curve of a planet below",
    "sky": "open sky between towering white clouds",
    "arena": "an empty arena, rows rising on all sides",
    "road": "an open country road, low hills behind, nobody else",
}
KINDSETTING = {
    "logo": "plain white background",
    "icon": "plain white background",
    "diagram": "plain off-white background",
    "sheet": "plain light grey background",
    "portrait": "plain muted backdrop, softly out of focus",
    "product": "seamless light grey backdrop, nothing else in view",
    "food": "a worn wooden table by a window, a folded linen cloth, the room behind out of focus",
    "building": "standing free on a gentle rise, a path leading to it, open sky",
    "fantasy": "a wild valley of dark rock and old trees, clouds tearing open above",
    "person": "a simple, uncluttered place, softly out of focus",
    "plant": "a quiet garden bed, dark green foliage out of focus behind",
    "skyline": "several layers of depth, each paler than the one before, an open sky",
}
PLAINSETTING = "a simple, uncluttered place, few objects, the background soft"
PLAINFORMAT = {
    "poster": "one plain ground colour, a few large shapes",
    "banner": "one plain ground colour, a few large shapes",
    "abstract": "one plain ground colour",
    "album": "one plain ground colour, a few large shapes",
    "book": "a simple painted backdrop fading to one colour",
    "pattern": "one plain pale ground colour",
    "map": "a sheet of aged paper",
    "card": "plain cream background, a simple border of small leaves",
    "phone": "a soft gradient from light to dark, nothing else",
}

# --- composition -----------------------------------------------------------------------------------------------

FORMATVIEW = {
    "logo": "centred, wide empty margin, readable when very small",
    "icon": "centred, filling most of the square, readable when very small",
    "pattern": "evenly spread motifs, edges that repeat without a seam",
    "diagram": "clear order from top to bottom, equal spacing, generous margins",
    "abstract": "weight on one side, empty space opposite, every shape with room around it",
    "map": "seen straight from above, the main place near the centre, a border around it",
    "banner": "subject in the left third, calm empty space on the right for a headline",
    "phone": "subject in the lower third, calm empty space above for the clock",
    "desktop": "subject right of the centre, calm space on the left for icons",
    "poster": "one large central motif, clear space at the top for a title",
    "book": "one strong motif in the lower half, calm space at the top for title and author",
    "album": "one bold motif in the centre, readable at the size of a stamp",
    "post": "one clear motif in the centre, safe margins on all sides",
    "card": "motif in the upper two thirds, space for a line of text below",
    "bookmark": "motif at the foot, rising thinner toward the top",
    "sheet": "several views side by side at the same scale, even spacing",
}
KINDVIEW = {
    "portrait": "head and shoulders, eyes on the upper third, shallow depth of field",
    "product": "centred, slight three-quarter view, generous empty margin",
    "food": "forty-five degrees from above, the dish slightly off centre, shallow depth of field",
    "skyline": "wide view, horizon on the lower third, one strong shape in the foreground",
    "animal": "at the animal's eye level, a third from the left, background soft",
    "person": "full figure, a third from the left, the place open around it",
    "fantasy": "low viewpoint, the figure large against the sky, small details for scale",
    "vehicle": "low three-quarter front view, room ahead of it",
    "building": "slightly below eye level, the building on the right third, its foot in view",
    "plant": "close, at the height of the flower, background soft",
    "sign": "straight on, the lettering parallel to the frame, a little of the surroundings on all sides",
}
PLACEVIEW = {
    "in": "eye level from one corner, one-point perspective, foreground slightly out of focus",
    "city": "eye level, one-point perspective, the lines leading to the subject",
    "out": "wide view, subject on the left third, horizon on the lower third",
}
ISOMETRICVIEW = "the whole scene visible from one upper corner, an even empty margin around it"
SPACEVIEW = "three-quarter view from slightly below, a curve of the planet behind for scale"
PLAINVIEW = "three-quarter view, the subject filling two thirds of the frame"
SEVERAL = "the figures close together in the middle, each fully visible"
MANGAVIEW = "one full-page panel, strong diagonal, the main figure largest"
VIEWS = {
    "close": "filling the frame, background soft",
    "macro": "a hand's breadth away, a razor-thin plane of focus",
    "wide": "the subject small, the place large around it",
    "low": "the subject tall against the sky",
    "high": "the ground becoming a pattern",
    "top": "everything parallel to the frame, even spacing",
    "level": "calm and direct, level horizon",
    "side": "looking into the open side of the frame",
    "back": "what lies ahead visible beyond the shoulders",
    "full": "feet in view, a little room above the head",
    "half": "eyes on the upper third",
    "centre": "equal space on both sides",
}

# --- subject ---------------------------------------------------------------------------------------------------

CLOSER = {
    "animal": "alert, finely detailed, turned slightly toward the light",
    "person": "in a natural pose, at ease, looking past the camera",
    "portrait": "calm expression, looking just past the camera",
    "product": "clean and unmarked, its best side toward the camera",
    "food": "freshly made, its texture clearly visible",
    "vehicle": "slightly worn, clean lines, a little road dust",
    "building": "weathered walls, one window lit",
    "fantasy": "fine surface detail, caught in the middle of a movement",
    "plant": "in full bloom, a few drops of dew",
    "logo": "reduced to one simple, memorable shape",
    "icon": "reduced to one simple, memorable shape",
}
