#include "testing/provider_text.hpp"

#include "net/http/sse.hpp"
#include "wire/json.hpp"

namespace loquat::test {
namespace {

std::string chunk(std::string_view model, std::string_view choices, std::string_view more) {
    std::string data =
        R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":)";
    wire::append_json_string(data, model);
    data.append(R"(,"choices":[)").append(choices).append("]").append(more).append("}");
    return net::http::to_sse({.data = data});
}

}  // namespace

std::string models_body(std::string_view model) {
    const wire::Object one{
        {"id", model}, {"object", "model"}, {"created", 1}, {"owned_by", "test"}};
    return wire::to_json(wire::Object{{"object", "list"}, {"data", wire::Array{one}}});
}

std::string delta_event(std::string_view model, std::string_view text) {
    std::string choice = R"({"index":0,"delta":{"content":)";
    wire::append_json_string(choice, text);
    return chunk(model, choice + R"(},"finish_reason":null})", "");
}

std::string end_events(std::string_view model, Figures figures) {
    const wire::Object usage{{"prompt_tokens", figures.input_tokens},
                             {"completion_tokens", figures.output_tokens},
                             {"total_tokens", figures.input_tokens + figures.output_tokens}};
    return chunk(model, R"({"index":0,"delta":{},"finish_reason":"stop"})", "") +
           chunk(model, "", R"(,"usage":)" + wire::to_json(usage)) +
           net::http::to_sse({.data = "[DONE]"});
}

}  // namespace loquat::test
