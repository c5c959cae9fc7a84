// The emoji shortcodes that cards and people use.

const TABLE = `
eyes 👀|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|tada 🎉|thinking_face 🤔
thinking 🤔|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|heart ❤️|raised_hands 🙌|pray 🙏|wave 👋|clap 👏|ok_hand 👌
muscle 💪|smile 😄|slightly_smiling_face 🙂|joy 😂|cry 😢|sob 😭|rage 😡|angry 😠|triumph 😤|confused 😕
disappointed 😞|worried 😟|neutral_face 😐|sweat_smile 😅|wink 😉|grimacing 😬|robot_face 🤖|ghost 👻|fire 🔥
sparkles ✨|zap ⚡|star ⭐|bulb 💡|rocket 🚀|trophy 🏆|dart 🎯|gift 🎁|crown 👑|gem 💎|warning ⚠️
rotating_light 🚨|no_entry ⛔|no_entry_sign 🚫|x ❌|heavy_multiplication_x ✖️|exclamation ❗|question ❓
grey_question ❔|bangbang ‼️|red_circle 🔴|large_orange_circle 🟠|orange_circle 🟠|large_yellow_circle 🟡
yellow_circle 🟡|large_green_circle 🟢|green_circle 🟢|large_blue_circle 🔵|blue_circle 🔵
large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_orange_square 🟧
large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_large_square ⬜
black_large_square ⬛|small_blue_diamond 🔹|small_orange_diamond 🔸|large_blue_diamond 🔷|arrow_up ⬆️
arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrow_right_hook ↪️
leftwards_arrow_with_hook ↩️|twisted_rightwards_arrows 🔀|repeat 🔁|arrows_counterclockwise 🔄
small_red_triangle 🔺|small_red_triangle_down 🔻|hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰
stopwatch ⏱️|timer_clock ⏲️|clock1 🕐|clock9 🕘|watch ⌚|calendar 📆|date 📅|spiral_calendar_pad 🗓️
calendar_spiral 🗓️|bell 🔔|no_bell 🔕|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|mega 📣
loudspeaker 📢|envelope ✉️|email 📧|incoming_envelope 📨|outbox_tray 📤|inbox_tray 📥|mailbox 📫
telephone_receiver 📞|iphone 📱|memo 📝|pencil 📝|pencil2 ✏️|lower_left_ballpoint_pen 🖊️|clipboard 📋
page_facing_up 📄|bookmark 🔖|label 🏷️|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|file_folder 📁
card_index_dividers 🗂️|bookmark_tabs 📑|scroll 📜|books 📚|lock 🔒|unlock 🔓|key 🔑|shield 🛡️|mag 🔍
mag_right 🔎|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|wastebasket 🗑️|construction 🚧|traffic_light 🚦
vertical_traffic_light 🚦|satellite_antenna 📡|signal_strength 📶|electric_plug 🔌
chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|moneybag 💰|money_with_wings 💸
credit_card 💳|receipt 🧾|package 📦|truck 🚚|shopping_trolley 🛒|bust_in_silhouette 👤
busts_in_silhouette 👥|raising_hand 🙋|raised_hand ✋|hand ✋|point_right 👉|point_up ☝️|handshake 🤝
writing_hand ✍️|man-shrugging 🤷‍♂️|shrug 🤷|see_no_evil 🙈|sleeping 😴|zzz 💤|palm_tree 🌴|sunrise 🌅
sunny ☀️|crescent_moon 🌙|cloud ☁️|umbrella ☔|snowflake ❄️|earth_africa 🌍|globe_with_meridians 🌐
house 🏠|office 🏢|flag-it 🇮🇹|it 🇮🇹|flag-pl 🇵🇱|flag-gb 🇬🇧|gb 🇬🇧|uk 🇬🇧|flag-us 🇺🇸|us 🇺🇸|flag-de 🇩🇪
de 🇩🇪|flag-fr 🇫🇷|fr 🇫🇷|flag-es 🇪🇸|es 🇪🇸|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|100 💯|new 🆕
sos 🆘|free 🆓|information_source ℹ️|heavy_plus_sign ➕|heavy_minus_sign ➖|black_square_for_stop ⏹️
double_vertical_bar ⏸️|arrow_forward ▶️|fast_forward ⏩|white_flag 🏳️|checkered_flag 🏁
triangular_flag_on_post 🚩|snail 🐌|bug 🐛|test_tube 🧪|seedling 🌱|coffee ☕`;

const SIGNS = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(" ")),
);

/** The sign for a shortcode without its colons, or undefined. Skin tones are left out. */
export const emoji = (name) => SIGNS.get(name.split("::")[0]);

/** What the picker offers. */
export const REACTIONS = ["eyes", "white_check_mark", "tada", "thinking_face", "+1", "heart", "pray", "fire"];
