"""The things, places and formats that the rules know."""

from __future__ import annotations

from uni_cli.planner.lexicon import Lexicon

# What a request is called rather than what it shows.
FORMATS = Lexicon(
    {
        "logo": "logo, emblem, wordmark, monogram, brand mark",
        "icon": "icon, app icon, favicon, emoji, sticker, badge",
        "pattern": "seamless pattern, pattern, texture, tile, wallpaper pattern",
        "diagram": "infographic, diagram, flowchart, chart, schematic, cutaway diagram, timeline",
        "map": "map, fantasy map, treasure map",
        "abstract": "abstract, abstract composition, abstract art, geometric shapes, abstraction",
        "banner": "banner, web banner, website header, header image, page header, hero image, website hero, linkedin"
        " cover",
        "phone": "phone wallpaper, mobile wallpaper, iphone wallpaper, android wallpaper, lock screen, lockscreen,"
        " instagram story, story background, tiktok, reel, phone background",
        "desktop": "desktop wallpaper, wallpaper, desktop background, thumbnail, youtube thumbnail, slide, slide"
        " background, presentation background, keynote slide",
        "poster": "vertical banner, roll up banner, poster, movie poster, film poster, flyer, travel poster, gig"
        " poster, concert poster, playbill",
        "book": "book cover, novel cover, magazine cover, cover of a novel, cover of a book",
        "album": "album cover, record cover, album art, podcast cover, vinyl cover",
        "post": "instagram post, social media post, avatar, profile picture, profile photo, coaster, square post",
        "card": "greeting card, birthday card, postcard, invitation, christmas card, wedding invitation, tarot card",
        "bookmark": "bookmark",
        "sheet": "character sheet, model sheet, turnaround, reference sheet, sprite sheet, storyboard, concept sheet",
    }
)
KINDS = Lexicon(
    {
        "portrait": "portrait, headshot, selfie, self portrait, face of, close up of a woman, close up of a man",
        "product": "product, product shot, packshot, perfume, perfume bottle, sneaker, watch, headphone, lipstick,"
        " handbag, backpack, smartphone, skincare, cosmetics, packaging, sunglasses, mockup, can of, water"
        " bottle, wristwatch, running shoe, jar of, serum",
        "skyline": "view from, view over, view of, view through, skyline, cityscape, panorama, landscape, seascape,"
        " vista, mountain range, coastline, valley",
        "food": "food, dish, burger, pizza, pasta, ramen, sushi, cake, bread, croissant, salad, soup, pancake, ice"
        " cream, breakfast, dessert, coffee, espresso, latte, cup of tea, cocktail, sandwich, taco, cookie,"
        " cupcake, fruit, lemon, strawberry, cheese, steak, curry, noodle, donut, doughnut, chocolate, pie,"
        " lemonade, wine, beer, teacup, coffee cup, bowl of",
        "fantasy": "dragon, wizard, witch, unicorn, fairy, elf, goblin, orc, griffin, phoenix, mermaid, demon, angel,"
        " ghost, vampire, werewolf, monster, alien, giant, troll, kraken, golem, sorcerer, spirit, robot,"
        " cyborg, android, spaceship, starship, mech, space station, satellite, rover",
        "person": "person, man, woman, girl, boy, child, children, kid, baby, couple, family, friend, people, crowd,"
        " men, women, astronaut, knight, samurai, warrior, soldier, king, queen, princess, prince, pirate,"
        " detective, chef, doctor, nurse, teacher, student, farmer, fisherman, sailor, dancer, ballerina,"
        " musician, guitarist, violinist, pianist, singer, painter, artist, writer, scientist, engineer,"
        " carpenter, blacksmith, baker, barista, monk, nun, grandmother, grandfather, grandma, grandpa,"
        " mother, father, bride, groom, cyclist, runner, hiker, surfer, skater, skateboarder, climber,"
        " traveller, traveler, explorer, cowboy, viking, ninja, superhero, athlete, footballer, boxer,"
        " swimmer, mechanic, driver, pilot, librarian, gardener, lady, gentleman, lovers, twins, figure, her,"
        " him, me, myself, potter, tailor, shepherd, beekeeper, lighthouse keeper, skier, team, mum, mom, dad",
        "animal": "animal, cat, kitten, dog, puppy, fox, wolf, bear, deer, stag, rabbit, hare, horse, cow, sheep, goat,"
        " pig, lion, tiger, leopard, panther, elephant, giraffe, zebra, monkey, gorilla, panda, koala,"
        " kangaroo, otter, beaver, badger, hedgehog, squirrel, mouse, mice, rat, bat, owl, eagle, hawk, raven,"
        " crow, sparrow, robin, parrot, penguin, flamingo, peacock, duck, goose, swan, chicken, rooster, bird,"
        " hummingbird, heron, crane, frog, toad, turtle, tortoise, snake, lizard, chameleon, crocodile, snail,"
        " bee, butterfly, moth, dragonfly, spider, ant, beetle, fish, goldfish, koi, shark, whale, dolphin,"
        " octopus, jellyfish, seal, crab, lobster, seahorse, dinosaur, corgi, husky, labrador, dachshund, pug,"
        " retriever, poodle, raccoon, red panda, capybara, llama, alpaca, camel, donkey, moose, lynx, puffin,"
        " seagull, gull, insect",
        "sign": "sign, shop sign, street sign, signpost, billboard, neon sign",
        "vehicle": "car, van, truck, bus, motorcycle, motorbike, scooter, bicycle, bike, train, tram, locomotive, ship,"
        " boat, sailboat, yacht, canoe, submarine, plane, airplane, aeroplane, helicopter, rocket, hot air"
        " balloon, airship, tractor, taxi, camper, caravan, race car, sports car, vespa, convertible, ferry",
        "building": "coffee shop, coffeehouse, lighthouse, house, cottage, cabin, castle, tower, church, cathedral,"
        " temple, mosque, palace, barn, windmill, skyscraper, villa, mansion, hut, treehouse, bridge,"
        " station, shrine, pagoda, observatory, museum, bakery, shop, bookshop, factory, greenhouse,"
        " monastery, ruin, chalet, hotel, school, bookstore",
        "plant": "flower, rose, tulip, sunflower, poppy, poppies, lavender, orchid, lily, daisy, daisies, tree, oak,"
        " bonsai, cactus, cacti, fern, leaf, leaves, mushroom, bouquet, succulent, peony, peonies, wildflower,"
        " moss, vine",
    }
)
PLACES = Lexicon(
    {
        "street": "street, alley, alleyway, lane, avenue, boulevard, sidewalk, pavement, crosswalk, crossing, square,"
        " plaza, piazza, old town, chinatown, intersection, doorstep, courtyard, bazaar, souk",
        "city": "city, skyline, downtown, metropolis, town, cityscape, paris, london, tokyo, kyoto, lisbon, rome,"
        " venice, berlin, vienna, prague, new york, manhattan, brooklyn, istanbul, barcelona, amsterdam,"
        " copenhagen, stockholm, oslo, helsinki, edinburgh, dublin, havana, marrakech, cairo, mumbai, delhi,"
        " shanghai, hong kong, seoul, bangkok, singapore, sydney, melbourne, san francisco, chicago, los"
        " angeles, mexico city, buenos aires, rio, porto, budapest, warsaw, athens, florence, naples, munich,"
        " hamburg, zurich, madrid, seville, osaka, shibuya",
        "roof": "rooftop, roof, balcony, terrace",
        "market": "market, street market, night market, flea market, market stall, stall, fair, funfair, carnival",
        "cafe": "cafe, café, coffee shop, coffeehouse, bar, pub, restaurant, diner, bistro, ramen shop, teahouse,"
        " tavern, inn, bakery, jazz club, nightclub",
        "kitchen": "kitchen, pantry",
        "room": "room, living room, bedroom, bathroom, attic, hallway, corridor, apartment, home, house, sofa, couch,"
        " armchair, bed, bathtub, staircase, dining room, nursery, interior, fireplace, cabin, cottage, hotel"
        " room, indoors",
        "sill": "window, windowsill, window sill, window seat",
        "library": "library, bookshop, bookstore, study, archive, bookshelf",
        "workshop": "workshop, garage, forge, smithy, atelier, pottery, studio floor, factory, laboratory, lab, shed",
        "office": "office, desk, classroom, school, meeting room, hospital, waiting room, cubicle",
        "backdrop": "studio, backdrop, plain background, white background, black background, grey background,"
        " background",
        "table": "table, wooden table, kitchen table, table top, tabletop, counter, countertop, shelf, tray, plate",
        "floor": "floor, wooden floor, floorboards, carpet, rug",
        "shop": "shop, store, supermarket, laundromat, arcade, mall, barber shop, record store, shop window",
        "hall": "museum, gallery, church, cathedral, temple, palace, castle, ballroom, throne room, theatre, theater,"
        " stage, concert hall, opera house, monastery, mosque, cinema, ruins, shrine, greenhouse, conservatory,"
        " crypt, dungeon",
        "station": "station, train station, platform, airport, subway, metro, subway station, bus stop, terminal,"
        " train, train carriage, tram, bus, subway car, railway",
        "road": "road, highway, motorway, country road, coast road, gas station, petrol station, parking lot, path,"
        " trail, race track, bridge",
        "harbour": "harbour, harbor, port, pier, dock, marina, quay, jetty, boat, ship, deck, canal, shipyard",
        "beach": "beach, shore, dune beach, seaside, sand, lagoon, tropical island, island",
        "sea": "sea, ocean, waves, open water, cliff, cliffs, coast, headland, bay, coastline, sea stack, rocky shore",
        "lake": "lake, river, pond, stream, fjord, waterfall, riverbank, lakeside, brook",
        "forest": "forest, wood, woods, woodland, jungle, rainforest, grove, bamboo, pine trees, birch trees, clearing,"
        " redwoods, tree, treehouse, undergrowth",
        "mountain": "mountain, mountains, alps, peak, summit, ridge, glacier, himalaya, valley, canyon, hill, hills,"
        " andes, mountain range, mountain pass, volcano, mount fuji, highlands, dolomites, ski slope",
        "desert": "desert, dune, sahara, oasis, mesa, badlands, salt flat",
        "meadow": "meadow, field, grass, countryside, prairie, pasture, savanna, savannah, steppe, moor, vineyard,"
        " orchard, farm, wheat field, lavender field, village, tuscany, provence",
        "garden": "garden, park, backyard, playground, botanical garden, japanese garden, bench, hedge, flower bed,"
        " lawn, yard",
        "snow": "snowfield, tundra, arctic, antarctica, ice floe, ice, iceberg, north pole, snow field, deep snow",
        "cave": "cave, cavern, grotto, mine, tunnel, sewer",
        "space": "space, outer space, orbit, nebula, galaxy, space station, the stars, cosmos, asteroid, milky way",
        "planet": "moon, mars, planet, lunar surface, alien planet, crater",
        "under": "underwater, seabed, reef, coral reef, deep sea, under the sea, ocean floor, shipwreck, aquarium, kelp"
        " forest",
        "sky": "clouds, sky, heavens, above the clouds, mid air",
        "arena": "stadium, arena, court, gym, swimming pool, pool, football pitch, boxing ring, skatepark, ice rink,"
        " circus",
    }
)
# Scenery that belongs to the setting where it stands in a clause of its own.
SCENERY = Lexicon(
    {
        "scenery": "cobbles, cobblestones, cobblestone, hills, mountains, trees, buildings, houses, fog, mist, smoke,"
        " steam, puddle, clouds, sky, stars, shelves, books, plants, pines, rocks, waves, reeds, lanterns,"
        " signs, neon signs, windows, curtains, skyscrapers, ruins, leaves, petals, grass, snow, rain, sand,"
        " dust, laundry, umbrellas, crowd, traffic, passers by, tiles, walls, wallpaper, furniture, moon,"
        " aurora, northern lights, rainbow, fireworks",
    }
)
# Where somebody or something is at home, if nothing is said of the place.
HOMES = Lexicon(
    {
        "forest": "temple, fox, wolf, bear, deer, stag, owl, squirrel, badger, hedgehog, moose, lynx, raccoon, gorilla,"
        " panda, tiger, red panda, snail, frog, toad, beetle, butterfly, moth, rabbit, hare, robin, chameleon,"
        " unicorn, fairy, elf, troll, shrine, pagoda, mushroom, fern, treehouse, cabin, hut, werewolf, golem",
        "meadow": "horse, cow, sheep, goat, bee, donkey, lion, elephant, giraffe, zebra, kangaroo, dinosaur, llama,"
        " alpaca, farmer, shepherd, knight, samurai, viking, warrior, tractor, barn, windmill, poppy, poppies,"
        " wildflower, tree, oak, cottage, hot air balloon",
        "room": "kitten, cat, parrot, mouse, mice, grandmother, grandfather, grandma, grandpa, ghost, vampire",
        "garden": "dog, puppy, corgi, labrador, dachshund, pug, retriever, poodle, chicken, rooster, peacock, sparrow,"
        " hummingbird, pig, tortoise, gardener, beekeeper, child, children, kid, flower, rose, tulip,"
        " sunflower, bouquet",
        "lake": "otter, beaver, heron, crane, swan, duck, goose, flamingo, crocodile, dragonfly, capybara, koi, canoe,"
        " angler",
        "sea": "seagull, gull, puffin, seal, crab, lobster, eagle, hawk, raven, crow, lighthouse, sailboat, yacht,"
        " ship, boat, kraken, lighthouse keeper",
        "harbour": "fisherman, sailor, pirate, ferry",
        "beach": "surfer, swimmer",
        "under": "fish, goldfish, shark, whale, dolphin, octopus, jellyfish, seahorse, turtle, submarine, mermaid,"
        " diver",
        "snow": "penguin, husky, polar bear, skier, explorer",
        "desert": "camel, snake, lizard, cowboy, cactus, cacti, caravan",
        "mountain": "hiker, climber, dragon, giant, phoenix, griffin, castle, chalet, monastery, observatory, monk",
        "street": "detective, cyclist, taxi, tram, bus, bicycle, bike, scooter, vespa, shop, bakery, bookshop,"
        " bookstore, hotel, cafe, sign, shop sign",
        "city": "skyscraper, superhero, ninja",
        "kitchen": "chef, cook, baker",
        "cafe": "barista, waiter",
        "library": "librarian, student, writer, teacher",
        "workshop": "carpenter, blacksmith, potter, mechanic, tailor, scientist, engineer, robot, android, cyborg,"
        " painter, artist",
        "chamber": "wizard, witch, sorcerer, alchemist",
        "hall": "king, queen, princess, prince, nun",
        "stage": "dancer, ballerina, musician, guitarist, violinist, pianist, singer, band, magician",
        "planet": "astronaut, alien, rover",
        "space": "spaceship, starship, rocket, satellite, space station",
        "sky": "plane, airplane, aeroplane, helicopter, airship",
        "arena": "athlete, footballer, boxer, skater, skateboarder",
        "road": "car, van, truck, motorcycle, motorbike, camper, race car, sports car, convertible, runner, train,"
        " locomotive",
    }
)
# What animals do only in stories.
STORY = Lexicon(
    {
        "story": "reading, drinking, having tea, playing, riding, cooking, baking, driving, writing, wearing, dressed,"
        " painting, sipping, typing, dancing, fishing, knitting, brewing, as a, as an, with a hat, in a suit,"
        " in a hat, conducting, sewing, eating with, holding, singing",
    }
)
CLOTHES = Lexicon(
    {
        "clothes": "dress, coat, raincoat, jacket, hat, cap, scarf, suit, shirt, sweater, jumper, hoodie, uniform,"
        " armour, armor, robe, cloak, kimono, gown, pyjamas, pajamas, jeans, trousers, shoes, boots, gloves,"
        " glasses, sunglasses, helmet, mask, apron, cape, skirt, tie, bow tie, spacesuit, space suit,"
        " swimsuit, costume, hand, hands, mouth, arms, hair, beard, eyes, ears, wings, lap, head, shoulder,"
        " back, love, motion, flight",
    }
)
