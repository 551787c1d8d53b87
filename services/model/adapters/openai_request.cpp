#include "services/model/adapters/openai_request.hpp"

#include <algorithm>
#include <fstream>

#include "base/redact.hpp"
#include "base/text.hpp"
#include "net/http/client.hpp"
#include "runtime/config/config.hpp"
#include "services/model/adapters/provider_error.hpp"
#include "wire/codec.hpp"

namespace loquat::model {
namespace {

constexpr std::size_t key_bytes_max = 8'192;

Failure bad_config(const ProviderConfig& config, const std::string& what) {
    return Failure{Kind::invalid, "config.invalid", "model: provider " + config.name + ": " + what};
}

bool is_visible(char c) { return c > 0x20 && c < 0x7F; }

std::int64_t whole_number(const wire::Value* value) {
    const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(&value->any());
    return number == nullptr ? 0 : std::max<std::int64_t>(*number, 0);
}

// Each server has its own name for the size of the window.
std::int64_t context_of(const wire::Value& model) {
    for (const char* name :
         {"context_length", "max_model_len", "context_window", "max_context_length"}) {
        if (const std::int64_t tokens = whole_number(model.find(name)); tokens > 0) {
            return tokens;
        }
    }
    const wire::Value* meta = model.find("meta");
    return meta == nullptr ? 0 : whole_number(meta->find("n_ctx_train"));
}

bool is_inactive(const wire::Value& model) {
    const wire::Value* active = model.find("active");
    return active != nullptr && active->if_bool() != nullptr && !*active->if_bool();
}

}  // namespace

ProviderUrl ProviderUrl::parse(const std::string& url) {
    const std::size_t host = url.find("://");
    const std::size_t slash = host == std::string::npos ? host : url.find('/', host + 3);
    ProviderUrl parsed{.origin = url.substr(0, slash)};
    parsed.path = slash == std::string::npos ? "" : url.substr(slash);
    constexpr std::string_view operation = "/chat/completions";
    while (parsed.path.ends_with('/')) {
        parsed.path.pop_back();
    }
    if (parsed.path.ends_with(operation)) {
        parsed.path.resize(parsed.path.size() - operation.size());
    } else if (parsed.path.empty()) {
        parsed.path = "/v1";
    }
    const bool is_clean =
        std::ranges::all_of(url, is_visible) && url.find_first_of("?#@\"<>") == std::string::npos;
    if (!is_clean || !net::http::Origin::parse(parsed.origin)) {
        throw Failure{
            Kind::invalid, "config.invalid",
            "model: " + hide_credentials(url) + " is no address such as https://api.openai.com/v1"};
    }
    return parsed;
}

bool Quirks::learn(std::string_view refusal) {
    const auto names = [&](std::string_view word) {
        return refusal.find(word) != std::string_view::npos;
    };
    if (!without_stream_options && (names("stream_options") || names("include_usage"))) {
        return without_stream_options = true;
    }
    if (!with_completion_tokens && names("max_completion_tokens")) {
        return with_completion_tokens = true;
    }
    if (!without_temperature && names("temperature")) {
        return without_temperature = true;
    }
    return false;
}

std::string make_request_body(const Prompt& prompt, const Quirks& quirks) {
    const contracts::GenerateRequest& request = *prompt.request;
    std::size_t size = 256;
    for (const contracts::PromptMessage& message : request.messages) {
        size += message.content.size() + 40;
    }
    std::string body;
    body.reserve(size + size / 16);
    body += R"({"model":)";
    wire::append_json_string(body, prompt.model);
    body += R"(,"messages":)";
    wire::append(body, request.messages);
    body += R"(,"stream":true)";
    if (!quirks.without_stream_options) {
        body += R"(,"stream_options":{"include_usage":true})";
    }
    if (request.temperature && !quirks.without_temperature) {
        body += R"(,"temperature":)";
        wire::append(body, *request.temperature);
    }
    if (request.max_tokens) {
        body +=
            quirks.with_completion_tokens ? R"(,"max_completion_tokens":)" : R"(,"max_tokens":)";
        wire::append(body, *request.max_tokens);
    }
    body += '}';
    return body;
}

std::vector<ListedModel> parse_model_list(std::string_view body) {
    std::optional<wire::Value> list;
    try {
        list = wire::parse(body);
    } catch (const Failure& failure) {
        throw bad_answer("models: " + failure.message).failure;
    }
    const wire::Value* items = list->find("data");
    if (items == nullptr) {
        items = list->find("models");
    }
    const wire::Array* array = items != nullptr ? items->if_array() : list->if_array();
    if (array == nullptr) {
        throw bad_answer("models: no list").failure;
    }
    std::vector<ListedModel> models;
    for (const wire::Value& item : *array) {
        const wire::Value* id = item.find("id");
        if (id != nullptr && id->if_string() != nullptr && !id->if_string()->empty() &&
            id->if_string()->size() <= 128 && !is_inactive(item)) {
            models.push_back({.name = *id->if_string(), .context_tokens = context_of(item)});
        }
    }
    return models;
}

std::string read_key(const ProviderConfig& config) {
    std::string text;
    if (!config.key_file.empty()) {
        std::ifstream file{config.key_file, std::ios::binary};
        char bytes[key_bytes_max];
        file.read(bytes, sizeof bytes);
        if (file.bad() || file.gcount() == 0) {
            throw bad_config(config, "the key cannot be read from " + config.key_file);
        }
        text.assign(bytes, static_cast<std::size_t>(file.gcount()));
    } else if (!config.key_variable.empty()) {
        text = runtime::environment_value(config.key_variable.c_str());
        if (text.empty()) {
            throw bad_config(config,
                             "the environment variable " + config.key_variable + " is not set");
        }
    }
    const std::string key{trim(text)};
    if (!std::ranges::all_of(key, is_visible)) {
        throw bad_config(config, "the key is not one line of visible characters");
    }
    return key;
}

}  // namespace loquat::model
