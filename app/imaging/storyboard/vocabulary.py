"""The words by which a prompt is read. Every table: what is meant -> how people say it; longer phrases win over shorter ones."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, ...]]

SHOTS: Words = {  # the abbreviations of the trade
    "ECU": ("extreme close-up", "extreme close up", "extreme closeup", "macro shot", "detail of"),
    "CU": ("close-up", "close up", "closeup", "close shot", "tight on", "face shot", "portrait", "headshot"),
    "MCU": ("medium close-up", "medium close up", "bust shot", "head and shoulders"),
    "MS": ("medium shot", "mid shot", "mid-shot", "waist up", "waist-up", "upper body", "half body"),
    "MLS": ("medium long shot", "medium wide", "cowboy shot", "knees up", "american shot"),
    "OTS": ("over the shoulder", "over-the-shoulder", "over shoulder", "over her shoulder", "over his shoulder", "over their shoulder"),
    "2S": ("two-shot", "two shot"),
    "POV": ("point of view", "pov", "first person"),
    "WS": ("wide shot", "full shot", "long shot", "full body", "full figure", "wide angle", "wide"),
    "EWS": ("extreme wide", "extreme long shot", "establishing shot", "establishing", "panorama", "panoramic", "aerial", "vista",
            "landscape", "drone shot", "skyline"),
}  # fmt: skip
SHOT_TITLES: Mapping[str, str] = {
    "ECU": "Extreme close-up", "CU": "Close-up", "MCU": "Medium close-up", "MS": "Medium shot", "MLS": "Medium long shot",
    "OTS": "Over the shoulder", "2S": "Two-shot", "POV": "Point of view", "WS": "Wide shot", "EWS": "Establishing shot",
}  # fmt: skip
ANGLES: Words = {
    "Low angle": ("low angle", "low-angle", "from below", "worm's-eye", "worm's eye", "worms eye", "looking up at", "towering over"),
    "High angle": ("high angle", "high-angle", "from above", "looking down at", "overhead"),
    "Bird's-eye": ("bird's-eye", "bird's eye", "birds eye", "top-down", "top down", "top view", "god's eye"),
    "Dutch angle": ("dutch angle", "dutch tilt", "canted", "tilted frame", "tilted horizon"),
}
MOVES: Words = {
    "Push in": ("push in", "push-in", "dolly in", "dolly-in", "moves closer", "moving closer", "slow push", "track in",
                "camera approaches"),
    "Pull out": ("pull out", "pull back", "pulls back", "dolly out", "dolly back", "track out", "reveal shot"),
    "Zoom in": ("zoom in", "zooms in", "crash zoom", "zooming in"),
    "Zoom out": ("zoom out", "zooms out", "zooming out"),
    "Pan right": ("pan right", "pans right", "pan to the right", "panning right", "whip pan", "slow pan", "camera pans",
                  "panning"),
    "Pan left": ("pan left", "pans left", "camera pans left", "pan to the left", "panning left"),
    "Tilt up": ("tilt up", "tilts up", "tilting up"),
    "Tilt down": ("tilt down", "tilts down", "tilting down"),
    "Truck right": ("truck right", "tracking shot", "track right", "tracking right", "dolly right", "follows", "following shot",
                    "side-scrolling"),
    "Truck left": ("truck left", "track left", "tracking left", "dolly left"),
    "Crane up": ("crane up", "crane shot", "boom up", "pedestal up", "rises above"),
    "Crane down": ("crane down", "boom down", "pedestal down"),
    "Orbit": ("orbit", "arc shot", "circles around", "camera circles", "360 degree"),
    "Handheld": ("handheld", "hand-held", "shaky camera", "shaky cam"),
}  # fmt: skip
TIMES: Words = {
    "dawn": ("dawn", "sunrise", "daybreak", "early morning", "first light"),
    "day": ("day", "daylight", "noon", "midday", "morning", "afternoon", "sunny", "sunlight", "sunlit", "summer", "spring", "bright"),
    "golden": ("golden hour", "sunset", "late afternoon", "warm light", "evening sun", "autumn", "golden light"),
    "dusk": ("dusk", "twilight", "blue hour", "evening", "nightfall", "gloaming"),
    "night": ("night", "midnight", "moonlit", "moonlight", "starry", "stars", "nocturnal", "after dark"),
    "grey": ("overcast", "cloudy", "grey sky", "gray sky"),
}  # fmt: skip
GREY_WEATHERS = ("rain", "snow", "fog")
TIME_TITLES: Mapping[str, str] = {
    "dawn": "Dawn", "day": "Day", "golden": "Golden hour", "dusk": "Dusk", "night": "Night", "grey": "Overcast",
}  # fmt: skip
WEATHERS: Words = {
    "rain": ("rain", "rainy", "raining", "downpour", "storm", "stormy", "drizzle", "thunderstorm"),
    "snow": ("snow", "snowy", "snowing", "snowfall", "blizzard", "winter"),
    "fog": ("fog", "foggy", "mist", "misty", "haze", "hazy", "smoke", "steam", "dusty"),
    "petals": ("petals", "cherry blossom", "confetti", "falling leaves", "leaves falling", "fireflies", "sparks", "embers", "autumn"),
}
PLACES: Words = {
    "forest": ("forest", "woods", "jungle", "woodland", "grove", "among the trees", "rainforest", "trees", "swamp", "park"),
    "city": ("city", "street", "skyline", "downtown", "alley", "rooftop", "tower block", "skyscraper", "skyscrapers", "neon", "market",
             "urban", "bus stop", "tokyo", "new york", "paris", "london"),
    "sea": ("sea", "ocean", "beach", "shore", "coast", "lake", "harbour", "harbor", "island", "waves", "pier", "river", "boat",
            "lighthouse", "ship", "pirate"),
    "mountains": ("mountain", "mountains", "peak", "peaks", "cliff", "alps", "valley", "canyon", "summit", "ridge", "volcano"),
    "desert": ("desert", "dune", "dunes", "sahara", "mars", "wasteland", "sand"),
    "room": ("room", "kitchen", "bedroom", "living room", "interior", "indoors", "inside", "office", "classroom", "library", "studio",
             "corridor", "hallway", "cabin", "workshop", "attic", "bar", "cafe", "café", "restaurant", "hospital", "laboratory", "lab",
             "table", "window", "sofa", "bed", "desk", "throne room", "castle hall"),
    "space": ("space", "outer space", "galaxy", "orbiting", "spaceship", "spacecraft", "asteroid", "nebula", "planet", "cosmos"),
    "underwater": ("underwater", "under the sea", "seabed", "coral", "reef", "deep sea", "submarine"),
    "village": ("village", "town", "farm", "farmhouse", "cottage", "houses", "castle", "barn", "suburb", "temple", "windmill"),
    "meadow": ("meadow", "field", "fields", "hill", "hills", "grass", "garden", "countryside", "prairie", "savannah", "road", "picnic"),
}  # fmt: skip
MOODS: Words = {
    "dark": ("scary", "horror", "creepy", "eerie", "ominous", "sinister", "haunted", "menacing", "grim", "nightmare", "spooky"),
    "tense": ("tense", "dramatic", "intense", "suspense", "dangerous", "angry", "battle", "fight", "chase", "epic", "explosion"),
    "sad": ("sad", "lonely", "melancholic", "melancholy", "grieving", "crying", "tears", "gloomy", "empty"),
    "joyful": ("happy", "joyful", "cheerful", "playful", "funny", "laughing", "celebrates", "party", "vibrant", "colourful", "colorful"),
    "tender": ("romantic", "tender", "love", "gentle", "dreamy", "soft", "nostalgic", "hugs", "kiss", "magical", "whimsical"),
    "calm": ("calm", "peaceful", "serene", "quiet", "still", "tranquil", "zen"),
}
LIGHTS: Words = {
    "back": ("backlit", "backlight", "back light", "rim light", "rim-lit", "contre-jour", "silhouette", "silhouetted", "against the light"),
    "left": ("light from the left", "lit from the left", "left key light"),
    "right": ("light from the right", "lit from the right", "right key light", "side light", "side-lit"),
    "top": ("overhead light", "top light", "spotlight", "noon"),
    "under": ("underlit", "lit from below", "campfire", "firelight"),
}
POSES: Words = {
    "run": ("run", "runs", "running", "sprint", "sprints", "chases", "chasing", "flees", "fleeing", "escaping", "dashes"),
    "walk": ("walk", "walks", "walking", "strolls", "strolling", "wanders", "wandering", "marches", "enters", "leaves", "steps"),
    "sit": ("sit", "sits", "sitting", "seated", "rests", "fishing", "reads", "reading", "kneels", "crouches"),
    "wave": ("wave", "waves", "waving", "greets", "cheers", "jumps", "jumping", "dances", "dancing", "celebrates", "throws"),
    "reach": ("points", "pointing", "reaches", "reaching", "holds", "holding", "offers", "gives", "lifts", "paints", "aims", "opens"),
}
SUBJECTS: Words = {
    "child": ("child", "children", "kid", "kids", "boy", "boys", "girl", "girls", "toddler", "schoolgirl", "schoolboy",
              "baby", "elf", "gnome",
              "goblin", "fairy"),
    "robed": ("woman", "women", "lady", "queen", "princess", "witch", "wizard", "monk", "priest", "mother", "grandmother", "bride",
              "sorceress", "nun", "ghost", "dancer"),
    "human": ("man", "men", "person", "people", "boy's father", "father", "grandfather", "hero", "knight", "king", "soldier", "detective",
              "pirate", "astronaut", "sailor", "captain", "teacher", "doctor", "chef", "figure", "character", "friends",
              "couple", "warrior",
              "cowboy", "farmer", "driver", "musician", "prince", "villain", "samurai", "ninja", "crowd", "animator", "fisherman",
              "someone", "he", "she", "they"),
    "robot": ("robot", "robots", "android", "cyborg", "mech", "droid", "golem"),
    "beast": ("dog", "dogs", "fox", "foxes", "wolf", "wolves", "cat", "cats", "horse", "horses", "lion", "tiger", "bear", "deer", "cow",
              "goat", "sheep", "pig", "kitten", "puppy", "elephant", "panda", "mouse", "squirrel", "unicorn", "dinosaur", "monster",
              "creature", "beast", "animal", "animals"),
    "hare": ("rabbit", "rabbits", "bunny", "hare", "kangaroo", "donkey"),
    "bird": ("bird", "birds", "owl", "crow", "raven", "eagle", "duck", "penguin", "chicken", "parrot", "seagull", "swan"),
    "dragon": ("dragon", "dragons", "griffin", "wyvern", "phoenix"),
    "fish": ("fish", "whale", "dolphin", "shark", "octopus", "mermaid", "turtle"),
    "car": ("car", "cars", "truck", "van", "bus", "taxi", "jeep", "train", "tram"),
    "boat": ("boat", "ship", "sailboat", "galleon", "raft", "yacht"),
    "rocket": ("rocket", "spaceship", "spacecraft", "ufo", "shuttle", "starship"),
    "thing": ("apple", "ball", "box", "cup", "bottle", "lamp", "book", "sword", "flower", "vase", "cake", "teapot", "key", "crown", "egg",
              "candle", "clock", "guitar", "chair", "machine", "toy", "sculpture", "statue", "lantern", "suitcase", "phone", "letter"),
}  # fmt: skip
LANDMARKS: Words = {
    "lighthouse": ("lighthouse",), "castle": ("castle", "fortress", "palace", "citadel"), "windmill": ("windmill",),
    "tower": ("tower", "bell tower", "steeple", "church", "cathedral"), "tree": ("old tree", "lone tree", "lonely tree", "a tree", "oak"),
}  # fmt: skip
COLOURS: Mapping[str, str] = {
    "red": "#c8402f", "crimson": "#a3192f", "scarlet": "#d8341f", "orange": "#e8812f", "yellow": "#efc63c", "gold": "#d9a521",
    "golden": "#d9a521", "green": "#4f8f4b", "emerald": "#1f8a5f", "teal": "#2c8c8c", "turquoise": "#3fb4b0", "cyan": "#3fbcd8",
    "blue": "#3f6fc0", "navy": "#22335f", "indigo": "#41389a", "purple": "#7a4a9e", "violet": "#8457b8", "magenta": "#c23a8c",
    "pink": "#e58aa6", "brown": "#7d5438", "black": "#24262b", "white": "#f0eee6", "silver": "#b5bcc4", "grey": "#8a9098",
    "gray": "#8a9098",
    "beige": "#d9c7a5", "cream": "#efe3c8", "rose": "#d97c8e", "copper": "#b5683c", "ginger": "#cf7431", "blonde": "#e3c172",
}  # fmt: skip
NUMBERS: Mapping[str, int] = {
    "two": 2, "both": 2, "couple": 2, "pair": 2, "twins": 2, "three": 3, "trio": 3, "four": 4, "five": 5, "several": 3, "friends": 2,
    "children": 3, "kids": 3, "people": 3, "men": 2, "women": 2, "girls": 2, "boys": 2, "crowd": 7, "group": 4, "family": 3, "army": 7,
}  # fmt: skip
MONOCHROME_STYLES = ("noir", "manga", "line_art", "pencil", "clay_render", "silhouette", "storyboard_sketch")
VIVID_STYLES = ("neon", "cartoon", "comic", "toon_3d", "voxel", "pixel_art", "flat_vector")
SOFT_STYLES = ("watercolour", "gouache", "storybook", "3d_smooth", "paper_cut", "painted_background")
