// The emoji that are offered after a colon: each line is the sign, its name, then other words that find it.
const list = `
😀 grinning smile happy
😄 smile happy joy
😁 beaming grin
😆 laughing haha
😅 sweat_smile relief phew
🤣 rofl laugh
😂 joy tears laugh
🙂 slight_smile
🙃 upside_down silly
😉 wink
😊 blush pleased
😇 innocent angel halo
🥰 smiling_hearts love
😍 heart_eyes love
🤩 star_struck wow
😘 kiss
😋 yum tasty
😛 tongue
😜 crazy tongue wink
🤗 hug
🤭 giggle oops
🤫 shush quiet secret
🤔 thinking hmm
🤨 raised_eyebrow doubt
😐 neutral
😑 expressionless
😶 speechless
😏 smirk
😒 unamused
🙄 eye_roll
😬 grimace awkward
😌 relieved calm
😔 pensive sad
😴 sleeping tired
🤒 ill sick thermometer
🤕 hurt bandage
🤢 nauseated sick
🥵 hot
🥶 cold freezing
😵 dizzy
🤯 mind_blown exploding
🥳 party celebrate birthday
😎 cool sunglasses
🤓 nerd
🧐 monocle inspect
😕 confused
🙁 frown sad
😮 surprised oh
😲 astonished
😳 flushed
🥺 pleading please
😨 fearful afraid
😰 anxious
😢 cry sad tear
😭 sob cry
😱 scream
😤 huff triumph
😡 angry mad
🤬 swearing
😈 devil
💀 skull dead
💩 poop
👻 ghost
👽 alien
🤖 robot bot
🙈 see_no_evil monkey
👋 wave hello hi bye
✋ raised_hand stop
👌 ok_hand perfect
🤏 pinch little
✌️ victory peace
🤞 fingers_crossed luck
👈 point_left
👉 point_right
👆 point_up
👇 point_down
👍 thumbs_up yes like +1
👎 thumbs_down no -1
✊ fist
👏 clap applause bravo
🙌 hooray raised_hands
🤝 handshake deal
🙏 pray thanks please
💪 muscle strong
🧠 brain
👀 eyes look
🤷 shrug
🤦 facepalm
❤️ heart love red_heart
🧡 orange_heart
💛 yellow_heart
💚 green_heart
💙 blue_heart
💜 purple_heart
🖤 black_heart
💔 broken_heart
✨ sparkles shiny new
⭐ star
🌟 glowing_star
💥 boom collision
🔥 fire hot lit
💯 hundred 100 perfect
🎉 tada party congratulations
🎊 confetti
🎁 gift present
🎂 cake birthday
🏆 trophy win
🥇 gold_medal first
🚀 rocket launch ship
✈️ plane travel
🚗 car
🚲 bike bicycle
🏠 house home
🌍 earth world
☀️ sun sunny
🌙 moon night
⛅ cloud weather
🌧️ rain
❄️ snow cold
⚡ lightning zap fast
🌈 rainbow
🌊 ocean sea water
🌱 seedling grow plant
🌳 tree
🌸 blossom flower
🌹 rose
🍀 clover luck
🍎 apple
🍊 orange loquat
🍋 lemon
🍓 strawberry
🥑 avocado
🍞 bread
🧀 cheese
🍕 pizza
🍔 burger
🍝 pasta spaghetti
🍣 sushi
🍪 cookie
🍫 chocolate
☕ coffee tea hot_drink
🍵 tea
🍺 beer
🍷 wine
🥂 cheers toast clink
🐶 dog
🐱 cat
🐭 mouse
🦊 fox
🐻 bear
🐼 panda
🦁 lion
🐸 frog
🐧 penguin
🐦 bird
🦉 owl
🦄 unicorn
🐝 bee
🐛 bug caterpillar
🦋 butterfly
🐢 turtle slow
🐙 octopus
🎵 music note
🎸 guitar
🎮 game
⚽ football soccer
🎨 art palette
📷 camera photo
💻 laptop computer
📱 phone mobile
⌨️ keyboard
💡 idea bulb
🔧 wrench fix
🔨 hammer build
⚙️ gear settings
🔒 lock secure
🔑 key
📌 pin
📎 paperclip
📅 calendar date
📈 chart_up growth
📉 chart_down
📦 package box
📝 memo note write
📚 books read
✉️ envelope mail
🔔 bell notify
⏰ alarm clock
⏳ hourglass wait
✅ check done yes
❌ cross no wrong
❓ question
❗ exclamation
⚠️ warning
🚧 construction wip
🛑 stop
🟢 green_circle
🔴 red_circle
`;

export interface Emoji {
  sign: string;
  name: string;
  words: string[];
}

export const emoji: readonly Emoji[] = list.trim().split('\n').map((line) => {
  const [sign = '', ...words] = line.split(' ');
  return { sign, name: words[0] ?? '', words: words.flatMap((word) => [word, ...word.split('_').slice(1)]) };
});

// Those with a word that starts with the query, names before other words and short names before long ones.
// Nothing looser: Enter takes the first.
export function findEmoji(query: string, most: number): Emoji[] {
  const wanted = query.toLowerCase();
  const rank = ({ name }: Emoji) => (name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2);
  return emoji
    .filter(({ words }) => words.some((word) => word.startsWith(wanted)))
    .sort((a, b) => rank(a) - rank(b) || (rank(a) === 1 ? a.name.length - b.name.length : 0))
    .slice(0, most);
}
