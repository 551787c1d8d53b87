#pragma once
#include <string>
#include <string_view>

// What a provider that speaks OpenAI's language says, for those that tests and benches make.
namespace loquat::test {

// The body of its list, of one model.
std::string models_body(std::string_view model);
// One piece of an answer of that model, as an event of the stream.
std::string delta_event(std::string_view model, std::string_view text);

struct Figures {
    int input_tokens = 0;
    int output_tokens = 0;
};
// Everything after the last piece: why it ended, its figures of use, and the mark of the end.
std::string end_events(std::string_view model, Figures figures);

}  // namespace loquat::test
