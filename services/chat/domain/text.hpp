#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What people may write.  All refusals are 422 and name the field.
namespace loquat::chat {

// Of an assistant: control characters are refused, under the name that was sent.
void check_system_prompt(std::string_view field, const std::optional<std::string>& prompt);

// Line ends become LF.  Throws message.empty, message.too_long (more than `characters_max`
// characters) or message.control_character (any but tab and newline), under the name that the text
// was sent with.
std::string to_message_text(std::string text, std::size_t characters_max,
                            std::string_view field = "text");

// Without white space at both ends.  Throws request.invalid: too long, any control character,
// nothing that can be seen, or something that turns the text around it.
std::string to_title(std::string_view title, std::size_t characters_max);

// A title made of a question: whole words of its first line, as many as a list shows, without
// marks; at most `characters_max` characters.
std::string to_question_title(std::string_view question, std::size_t characters_max);

// 1 to 64 characters without control characters; throws request.invalid.
void check_client_id(std::string_view client_id);

// 64 bits that differ for different texts unless somebody tries hard (FNV-1a); the same in every
// process.
std::uint64_t fingerprint(std::string_view text);

}  // namespace loquat::chat
