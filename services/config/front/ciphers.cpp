#include "services/config/front/ciphers.hpp"

#include "base/text.hpp"

namespace loquat::config {
namespace {

ConfigReply text_reply(std::string body) {
    return {.status = 200, .type = "text/plain;charset=UTF-8", .body = std::move(body)};
}

ConfigReply refuse(int status, std::string_view name, std::string_view description) {
    return {.status = status,
            .type = "application/json",
            .body = "{\"description\":\"" + std::string{description} + "\",\"status\":\"" +
                    std::string{name} + "\"}"};
}

ConfigReply no_key() {
    return refuse(404, "NO_KEY", "No key was installed for encryption service");
}

// What `curl -d` sends is marked as a form, and may be escaped.
std::string without_form(const ConfigRequest& request, bool is_cipher) {
    std::string text{request.body};
    if (!request.content_type.starts_with("application/x-www-form-urlencoded")) {
        return text;
    }
    for (char& letter : text) {
        letter = letter == '+' && !is_cipher ? ' ' : letter;
    }
    return percent_decode(text).value_or(text);
}

// As a form of one name without a value a text may end in `=`.
bool ends_as_form(const ConfigRequest& request, std::string_view text) {
    return !request.content_type.starts_with("text/plain") && text.ends_with('=') &&
           !text.ends_with("==");
}

ConfigReply decrypt(const ConfigRequest& request, const net::TextCipher& cipher) {
    const std::string body = without_form(request, true);
    std::string_view text = trim(body);
    if (text.starts_with(cipher_mark)) {
        text.remove_prefix(cipher_mark.size());
    }
    text = without_key_marks(text);
    const bool is_hex = text.find_first_not_of("0123456789abcdefABCDEF=") == std::string_view::npos;
    if (ends_as_form(request, text) && (is_hex || text.size() % 4 == 1)) {
        text.remove_suffix(1);
    }
    auto plain = cipher.decrypt(text);
    return plain ? text_reply(*std::move(plain))
                 : refuse(400, "INVALID", "Text not encrypted with this key");
}

ConfigReply encrypt(const ConfigRequest& request, const net::TextCipher& cipher) {
    const std::string body = without_form(request, false);
    std::string_view text = body;
    if (ends_as_form(request, text)) {
        text.remove_suffix(1);
    }
    return text_reply(cipher.encrypt(text));
}

}  // namespace

std::string_view without_key_marks(std::string_view text) {
    constexpr std::string_view plain = "{plain}";
    while (text.starts_with('{')) {
        const std::size_t end = text.find('}');
        if (end == std::string_view::npos) {
            break;
        }
        const bool is_last = text.starts_with(plain);
        text.remove_prefix(end + 1);
        if (is_last) {
            break;
        }
    }
    return text;
}

std::optional<ConfigReply> answer_cipher(const ConfigRequest& request,
                                         const net::TextCipher* cipher) {
    const auto& path = request.path;
    const bool has_name = path.size() == 3;
    if (path.empty() || (path.size() != 1 && path.size() != 2 && !has_name)) {
        return std::nullopt;
    }
    const bool is_post = request.method == "POST";
    if (is_post && path[0] == "encrypt" && path.size() != 2) {
        return cipher != nullptr ? encrypt(request, *cipher) : no_key();
    }
    if (is_post && path[0] == "decrypt" && path.size() != 2) {
        return cipher != nullptr ? decrypt(request, *cipher) : no_key();
    }
    if (is_post) {
        return std::nullopt;
    }
    if (path.size() == 2 && path[0] == "encrypt" && path[1] == "status") {
        return cipher != nullptr ? ConfigReply{.status = 200,
                                               .type = "application/json",
                                               .body = R"({"status":"OK"})"}
                                 : no_key();
    }
    if (path[0] == "key" && path.size() != 2) {
        std::string pem = cipher != nullptr ? cipher->public_pem() : std::string{};
        return pem.empty() ? refuse(404, "NOT_FOUND", "No public key available")
                           : text_reply(std::move(pem));
    }
    return std::nullopt;
}

}  // namespace loquat::config
