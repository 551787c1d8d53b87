#pragma once
#include <optional>
#include <string_view>

#include "net/crypto/text_cipher.hpp"
#include "services/config/front/front.hpp"

namespace loquat::config {

inline constexpr std::string_view cipher_mark = "{cipher}";

// `{key:alias}` and `{secret:...}` before the text of a cipher say which key; there is one here.
// `{plain}` ends them.
std::string_view without_key_marks(std::string_view text);

// POST /encrypt and /decrypt, GET /encrypt/status and /key; none for every other request.  `cipher`
// may be null.
std::optional<ConfigReply> answer_cipher(const ConfigRequest& request,
                                         const net::TextCipher* cipher);

}  // namespace loquat::config
