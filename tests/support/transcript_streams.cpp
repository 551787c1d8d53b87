#include <stdexcept>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "tests/support/transcript.hpp"

// The lines of a transcript that follow a generation's stream.
namespace loquat::test {

Task<void> Transcript::run_stream_line(std::string line) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string name = line.substr(0, space);
    const std::string rest = line.substr(std::min(space + 1, line.size()));
    if (rest.starts_with("open ") || rest.starts_with("refused ")) {
        co_await open_stream(name, fill(rest));
        co_return;
    }
    if (!streams_.contains(name)) {
        fail("no stream " + name);
    }
    EventReader& reader = *streams_[name];
    if (rest.starts_with("< ") || rest.starts_with("<~ ")) {
        const bool may_skip = rest.starts_with("<~");
        co_await expect_event(reader, rest.substr(may_skip ? 3 : 2), may_skip);
    } else if (rest.starts_with("id ")) {
        match_text(rest.substr(3), std::to_string(reader.last_id()), "id");
    } else if (rest == "done") {
        co_await reader.read_to_end();
    } else if (rest.starts_with("text = ")) {
        match(wire::parse(rest.substr(7)), wire::Value{reader.text()}, "text");
    } else {
        fail(
            "write open TARGET, refused STATUS TARGET, < DATA, <~ DATA, id N, done or text = TEXT");
    }
}

// `open TARGET [as NAME] [last=N]`, or `refused STATUS TARGET ...`.
Task<void> Transcript::open_stream(std::string name, std::string rest) {
    const auto words = split(rest, ' ');
    const std::size_t first = words[0] == "open" ? 1 : 2;
    EventReader::Open open{.port = next_port(opened_), .target = std::string{words.at(first)}};
    for (std::size_t i = first + 1; i < words.size(); ++i) {
        if (words[i] == "as" && i + 1 < words.size()) {
            open.token = fill("$" + std::string{words[++i]});
        } else if (words[i].starts_with("last=")) {
            open.last_event_id =
                static_cast<std::int64_t>(parse_number(words[i].substr(5)).value_or(0));
        } else {
            fail("write TARGET [as NAME] [last=N]");
        }
    }
    auto reader = std::make_unique<EventReader>(loop_, std::move(open));
    const int status = co_await reader->open();
    answer_ = {status, {}, reader->refusal()};
    const std::string wanted = first == 1 ? "200" : std::string{words.at(1)};
    match_text(wanted, std::to_string(status), "status");
    streams_[name] = std::move(reader);
}

Task<void> Transcript::expect_event(EventReader& reader, std::string wanted, bool may_skip) {
    for (;;) {
        const auto event = co_await reader.next();
        if (!event) {
            fail("the stream ended instead of " + wanted);
        }
        try {
            match(wire::parse(wanted), event->data, "data");
            co_return;
        } catch (const std::runtime_error&) {
            if (!may_skip) {
                throw;
            }
        }
    }
}

}  // namespace loquat::test
