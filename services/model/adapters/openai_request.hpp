#pragma once
#include <string>
#include <string_view>

#include "services/model/config.hpp"
#include "services/model/ports.hpp"

namespace loquat::model {

// Where a provider is: `https://api.openai.com/v1` taken apart.
struct ProviderUrl {
    std::string origin;  // https://api.openai.com
    std::string path;    // /v1, without a slash at its end

    // A missing path is `/v1`; `/chat/completions` at the end is cut off.  Throws `config.invalid`.
    static ProviderUrl parse(const std::string& url);
};

// What a model does not take, learned from its refusals.
struct Quirks {
    bool without_stream_options = false;
    bool without_temperature = false;
    bool with_completion_tokens = false;  // max_completion_tokens instead of max_tokens

    // True when `refusal`, the text of a 400 or 422, names something that can be left out or said
    // otherwise, and was not yet.
    bool learn(std::string_view refusal);
};

// The body of POST /chat/completions.
std::string make_request_body(const Prompt& prompt, const Quirks& quirks);

// The answer to GET /models, in any of the shapes in use.  Throws `provider.bad_answer`.
std::vector<ListedModel> parse_model_list(std::string_view body);

// The key of that provider, without white space around it; empty without one.  Throws
// `config.invalid` when it cannot be read or cannot be sent.
std::string read_key(const ProviderConfig& config);

}  // namespace loquat::model
