#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "services/auth/domain/password_rules.hpp"

namespace loquat::auth {
namespace {

// Lower case, sorted by byte.
constexpr auto common = std::to_array<std::string_view>({
    "0000000000",       "0123456789",       "0987654321",
    "1010101010",       "1029384756",       "1111111111",
    "1122334455",       "1212121212",       "1231231231",
    "123123123123",     "123321123321",     "1234567890",
    "12345678901",      "123456789012",     "1234567891",
    "12345678910",      "1234567899",       "123456789a",
    "123456789q",       "123456789z",       "123456qwerty",
    "12345qwert",       "1234qwerty",       "123qweasdzxc",
    "1q2w3e4r5t",       "1q2w3e4r5t6y",     "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv", "2222222222",       "7777777777",
    "9876543210",       "9999999999",       "a123456789",
    "a1b2c3d4e5",       "aa12345678",       "aa123456789",
    "abc1234567",       "abc123abc123",     "abcd123456",
    "abcdef1234",       "abcdef12345",      "abcdefghij",
    "abcdefghijk",      "admin12345",       "admin123456",
    "admin123admin",    "admin@12345",      "adminadmin",
    "administration",   "administrator",    "administrator1",
    "alexander1",       "alexandria",       "arsenal123",
    "asdfasdfasdf",     "asdfghjkl1",       "asdfghjkl123",
    "asdfghjkl;",       "autumn2025",       "barcelona1",
    "baseball12",       "baseball123",      "basketball",
    "basketball1",      "batman12345",      "blackberry",
    "butterfly1",       "california",       "changeit123",
    "changeme12",       "changeme123",      "changeme1234",
    "charlie123",       "cheesecake",       "chelsea123",
    "chocolate1",       "chocolate123",     "christopher",
    "computer123",      "contrasena",       "correcthorsebatterystaple",
    "counterstrike",    "december25",       "default123",
    "dragon1234",       "dragon12345",      "dragonball",
    "elizabeth1",       "facebook12",       "facebook123",
    "football12",       "football123",      "fortnite123",
    "fuckoff123",       "fuckyou123",       "fuckyou1234",
    "google1234",       "google12345",      "guest12345",
    "guestguest",       "hello12345",       "hello123456",
    "hellohello",       "hellohello1",      "helloworld",
    "helloworld1",      "helloworld123",    "ihateyou123",
    "ilovejesus",       "iloveyou12",       "iloveyou123",
    "iloveyou1234",     "iloveyou2!",       "iloveyouforever",
    "iloveyousomuch",   "internet123",      "jennifer123",
    "jordan12345",      "letmein123",       "letmein1234",
    "letmein12345",     "linux12345",       "liverpool1",
    "liverpool123",     "loquat1234",       "loquat12345",
    "loquatloquat",     "manchester",       "manchester1",
    "master1234",       "master12345",      "michael123",
    "microsoft1",       "microsoft123",     "minecraft1",
    "minecraft123",     "monkey1234",       "monkey12345",
    "motdepasse",       "motdepasse1",      "motherfucker",
    "mypassword",       "mypassword1",      "mypassword123",
    "newpassword",      "newpassword1",     "nintendo123",
    "november11",       "p@ssw0rd12",       "p@ssw0rd123",
    "p@ssword123",      "parola1234",       "passw0rd12",
    "passw0rd123",      "password!!",       "password#123",
    "password01",       "password1!",       "password12",
    "password12!",      "password123",      "password123!",
    "password1234",     "password12345",    "password2024",
    "password2025",     "password2026",     "password99",
    "password@123",     "passwordpassword", "passwort123",
    "passwort1234",     "playstation",      "playstation1",
    "pokemon123",       "princess12",       "princess123",
    "q1w2e3r4t5",       "q1w2e3r4t5y6",     "qazwsx1234",
    "qazwsxedc1",       "qazwsxedcrfv",     "qweasdzxc123",
    "qwerty123!",       "qwerty1234",       "qwerty12345",
    "qwerty123456",     "qwertyasdf",       "qwertyqwerty",
    "qwertyuiop",       "qwertyuiop1",      "qwertyuiop123",
    "qwertyuiop[]",     "root123456",       "rootroot12",
    "salasana123",      "samsung123",       "secret1234",
    "secret12345",      "secretsecret",     "senha12345",
    "september1",       "shadow1234",       "skateboard",
    "spiderman1",       "spiderman123",     "spring2025",
    "spring2026",       "startrek123",      "starwars123",
    "strawberry",       "summer2024",       "summer2025",
    "summer2026",       "sunshine12",       "sunshine123",
    "superman123",      "test123456",       "test1234567",
    "testing123",       "testing1234",      "testtest12",
    "testtest123",      "thisismypassword", "toor123456",
    "trustno1123",      "volleyball",       "wachtwoord",
    "wachtwoord1",      "welcome123",       "welcome1234",
    "welcome12345",     "welcome2024",      "welcome2025",
    "welcome2026",      "whatever123",      "windows123",
    "winter2024",       "winter2025",       "winter2026",
    "yourpassword",     "zaq12wsxcde3",     "zaq1zaq1zaq1",
    "zxcvbnm,./",       "zxcvbnm123",       "zxcvbnm1234",
});
static_assert(std::ranges::is_sorted(common));

}  // namespace

bool is_common_password(std::string_view password) {
    return std::ranges::binary_search(common, to_lower_ascii(password));
}

}  // namespace loquat::auth
