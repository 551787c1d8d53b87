#include "base/redact.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/bytes.hpp"
#include "base/text.hpp"

namespace loquat {
namespace {

constexpr std::string_view key = "sk-Proj/a1B2+c3D4e5F6g7H8";

TEST(HideSecret, finds_a_key_in_every_form) {
    const std::string basic = to_base64("user:" + std::string{key});
    for (const std::string& said :
         {std::string{key}, to_lower_ascii(key), "Bearer " + std::string{key} + "!",
          percent_encode(key), to_base64(key), to_base64("x" + std::string{key}), basic,
          to_base64url("xy" + std::string{key}), std::string{"sk-Proj\\/a1B2+c3D4e5F6g7H8"},
          std::string{key.substr(0, 12)}, std::string{key.substr(10)},
          std::string{key.substr(0, 9)} + "..." + std::string{key.substr(15)}}) {
        const std::string out = to_lower_ascii(hide_secret("a " + said + " b", key));

        EXPECT_NE(out.find("***"), std::string::npos) << said;
        for (std::size_t i = 0; i + 8 <= said.size(); ++i) {
            const std::string part = to_lower_ascii(std::string_view{said}.substr(i, 8));
            const bool is_of_key = to_lower_ascii(key).find(part) != std::string::npos;
            EXPECT_TRUE(!is_of_key || out.find(part) == std::string::npos) << out;
        }
    }
    EXPECT_EQ(hide_secret("Incorrect key: " + std::string{key}, key), "Incorrect key: ***");
}

// Each character by itself, so that nothing of the key stands there as it is.
std::string letter_by_letter(const std::function<std::string(char)>& write) {
    std::string out;
    for (const char c : key) {
        out += write(c);
    }
    return out;
}

std::string hex(char c) { return to_hex(std::string_view{&c, 1}); }

std::string upper_hex(char c) {
    std::string out = hex(c);
    std::ranges::transform(out, out.begin(), [](char d) { return d >= 'a' ? d - 'a' + 'A' : d; });
    return out;
}

TEST(HideSecret, finds_a_key_that_is_escaped_or_split) {
    const std::string half{key.substr(0, 11)};
    const std::string rest{key.substr(11)};
    for (const std::string& said :
         {letter_by_letter([](char c) { return hex(c); }),
          letter_by_letter([](char c) { return upper_hex(c) + " "; }),
          letter_by_letter([](char c) { return "%" + upper_hex(c); }),
          letter_by_letter([](char c) { return "%25" + hex(c); }),
          letter_by_letter([](char c) { return "\\u00" + hex(c); }),
          letter_by_letter([](char c) { return "\\\\u00" + upper_hex(c); }),
          letter_by_letter([](char c) { return "\\x" + hex(c); }),
          letter_by_letter([](char c) { return "&#" + std::to_string(int{c}) + ";"; }),
          letter_by_letter([](char c) { return "&#x" + upper_hex(c) + ";"; }),
          letter_by_letter([](char c) { return std::string{c, ' '}; }),
          letter_by_letter([](char c) { return std::string{'"', c, '"', ','}; }),
          half + "\n" + rest, half + "\\n" + rest, half + "\xe2\x80\x8b" + rest,
          to_base64(key).substr(0, 14) + "\r\n" + to_base64(key).substr(14)}) {
        const std::string out = hide_secret("the key " + said + " is unknown", key);

        EXPECT_NE(out.find("***"), std::string::npos) << said << "\n" << out;
        EXPECT_TRUE(out.ends_with(" is unknown")) << said << "\n" << out;
        EXPECT_LT(out.size(), 32U) << out;  // a rest at the edges at most
    }
}

TEST(HideSecret, finds_a_short_key_that_is_escaped) {
    EXPECT_EQ(hide_secret("a %61%42%31 b \\u0061B1", "aB1"), "a *** b ***");
}

TEST(HideSecret, leaves_other_text_alone) {
    EXPECT_EQ(hide_secret("100% of \\u12 & &#; %zz \\", key), "100% of \\u12 & &#; %zz \\");

    EXPECT_EQ(hide_secret("the model is unknown", key), "the model is unknown");
    EXPECT_EQ(hide_secret("anything", ""), "anything");
    EXPECT_EQ(hide_secret("", key), "");
    EXPECT_EQ(hide_secret("short Ab1 here", "aB1"), "short *** here");
}

TEST(HideCredentials, finds_them_inside_addresses) {
    for (const auto& [said, shown] : std::vector<std::pair<std::string, std::string>>{
             {"https://u:p@host/v1", "https://***@host/v1"},
             {"https://token@host", "https://***@host"},
             {"https://u:p@q@host", "https://***@host"},
             {"https://u:p/w@host/x", "https://***@host/x"},
             {"u:p@host", "***@host"},
             {"see http://a:b@h, http://c:d@i", "see http://***@h, http://***@i"},
             {"https://h/x?api_key=abc&n=1", "https://h/x?api_key=***&n=1"},
             {"https://h/x?n=1&Access_Token=abc#k", "https://h/x?n=1&Access_Token=***#k"},
             {"/ws?access_token=abc", "/ws?access_token=***"},
             {"https://h?sig=a&X-Amz-Signature=b", "https://h?sig=***&X-Amz-Signature=***"},
             {"host=h user=u password=a/b?c dbname=x", "host=h user=u password=*** dbname=x"},
             {"password = 'a b\\' c' host=h", "password = *** host=h"},
             {"sslpassword='never ends", "sslpassword=***"},
             {"host=h password=", "host=h password="},
             {"\"password=a\"", "\"password=***"},
             {"[\"http://a:b@h:1\"]", "[\"http://***@h:1\"]"}}) {
        EXPECT_EQ(hide_credentials(said), shown);
    }
}

TEST(HideCredentials, leaves_other_text_alone) {
    for (const char* said :
         {"", "https://host:8080/v1", "http://[::1]:80/a", "https://host/@bob", "ann@example.org",
          "https://h/x?n=1&m=2", "a=b", "/api/chats/{id}", "127.0.0.1:80"}) {
        EXPECT_EQ(hide_credentials(said), said);
    }
}

}  // namespace
}  // namespace loquat
