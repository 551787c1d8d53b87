#include "tests/support/transcript.hpp"

#include <fstream>
#include <stdexcept>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "net/stomp/encoder.hpp"

namespace loquat::test {
namespace {

Steady soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{10}; }

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// `a=b c="d e"` as pairs.
std::vector<std::pair<std::string, std::string>> read_pairs(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    text = trim(text);
    while (!text.empty()) {
        const std::size_t equals = text.find('=');
        std::string name{text.substr(0, equals)};
        text.remove_prefix(equals == std::string_view::npos ? text.size() : equals + 1);
        const bool is_quoted = text.starts_with('"');
        text.remove_prefix(is_quoted ? 1 : 0);
        const std::size_t end = std::min(text.find(is_quoted ? '"' : ' '), text.size());
        pairs.emplace_back(std::move(name), text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        text = trim(text);
    }
    return pairs;
}

struct FrameText {
    std::string command;
    std::vector<std::pair<std::string, std::string>> headers;
    std::optional<std::string> body;
};

FrameText read_frame_text(std::string_view text) {
    FrameText frame;
    const std::size_t bar = text.find(" | ");
    if (bar != std::string_view::npos) {
        frame.body = text.substr(bar + 3);
        text = text.substr(0, bar);
    }
    text = trim(text);
    const std::size_t space = std::min(text.find(' '), text.size());
    frame.command = text.substr(0, space);
    frame.headers = read_pairs(text.substr(space));
    return frame;
}

std::string show(const net::stomp::Frame& frame) {
    std::string text;
    net::stomp::append_frame(text, net::stomp::Version::v1_2, frame);
    return text;
}

// A broadcast at a server says that something may have been missed; what had come is shown again.
bool says_resync(const net::stomp::Frame& frame) {
    return frame.body.find(R"("type":"resync")") != std::string::npos;
}

}  // namespace

Task<void> Transcript::run(std::filesystem::path file) {
    std::ifstream in{file};
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        place_ = file.filename().string() + ":" + std::to_string(number);
        std::string problem;
        try {
            co_await run_line(std::string{trim(line)});
        } catch (const Failure& failure) {
            problem = failure.code + " " + failure.message;
        }
        if (!problem.empty()) {
            fail(problem);
        }
    }
    co_await send_request();
    sockets_.clear();
    streams_.clear();
}

Task<void> Transcript::run_line(std::string line) {
    if (line.starts_with("> ") && !line.starts_with("> {") && request_ == nullptr) {
        take_request_line(fill(line.substr(2)));
    } else if (line.starts_with("> {") || line.starts_with("> [")) {
        request_->body = fill(line.substr(2));
        if (!request_->headers.contains("Content-Type")) {
            request_->headers.append("Content-Type", "application/json");
        }
    } else if (line.starts_with("> ")) {
        const std::size_t colon = line.find(": ");
        request_->headers.append(line.substr(2, colon - 2), fill(line.substr(colon + 2)));
    } else if (line.starts_with("<~ ")) {
        co_await send_request();
        co_await await_news(line.substr(3));
    } else if (line.starts_with("< ")) {
        co_await send_request();
        // What one node has done another one knows in a moment: who only asks may ask again.
        if (ports_.size() > 1 && sent_.method == "GET" && parse_number(line.substr(2))) {
            co_await await_news(line.substr(2));
        } else {
            check_answer_line(line.substr(2));
        }
    } else if (line.starts_with("ws ")) {
        co_await send_request();
        co_await run_socket_line(line.substr(3));
    } else if (line.starts_with("sse ")) {
        co_await send_request();
        co_await run_stream_line(line.substr(4));
    } else if (line.empty()) {
        co_await send_request();
    } else if (!line.starts_with("#")) {
        fail("a line of no known kind");
    }
}

void Transcript::take_request_line(const std::string& line) {
    const auto parts = split(line, ' ');
    if (parts.size() != 2 && !(parts.size() == 4 && parts[2] == "as")) {
        fail("write METHOD /target [as NAME]");
    }
    request_ = std::make_unique<net::http::ClientRequest>();
    request_->origin = {.host = "127.0.0.1", .port = next_port(requests_)};
    request_->method = parts[0];
    request_->target = parts[1];
    if (parts.size() == 4) {
        request_->headers.append("Authorization", "Bearer " + fill("$" + std::string{parts[3]}));
    }
}

Task<void> Transcript::send_request() {
    if (request_ == nullptr) {
        co_return;
    }
    sent_ = std::move(*request_);
    request_.reset();
    auto response = co_await client_.request(sent_, soon());
    answer_ = {response.status, std::move(response.headers), std::move(response.body)};
}

Task<void> Transcript::await_news(std::string wanted) {
    if (wanted.starts_with("{") && news_ == News::soon) {
        co_return;
    }
    const Steady until = soon();
    const auto is_late = [&] {
        return news_ == News::soon && std::to_string(answer_.status) != wanted &&
               std::chrono::steady_clock::now() < until;
    };
    while (is_late()) {
        co_await loop_.sleep_for(std::chrono::milliseconds{50});
        request_ = std::make_unique<net::http::ClientRequest>(sent_);
        co_await send_request();
    }
    check_answer_line(wanted);
}

void Transcript::check_answer_line(const std::string& line) {
    if (line.starts_with("{") || line.starts_with("[")) {
        match(wire::parse(line), wire::parse(answer_.body), "body");
        return;
    }
    if (const auto status = parse_number(line)) {
        if (static_cast<int>(*status) != answer_.status) {
            fail("status " + std::to_string(answer_.status) + " instead of " + line + ": " +
                 answer_.body);
        }
        return;
    }
    const std::size_t colon = line.find(": ");
    const std::string name = line.substr(0, colon);
    if (!answer_.headers.contains(name)) {
        fail("no field " + name);
    }
    match_text(line.substr(colon + 2), std::string{answer_.headers.get(name)}, name);
}

Task<void> Transcript::run_socket_line(std::string line) {
    const std::size_t space = line.find(' ');
    const std::string name = line.substr(0, space);
    std::string rest = line.substr(space + 1);
    if (rest.starts_with("open")) {
        StompClient::Open open{.port = next_port(opened_)};
        for (const auto& [key, value] : read_pairs(fill(rest.substr(4)))) {
            if (key == "target") {
                open.target = value;
            } else if (key == "protocols") {
                open.protocols = value;
            } else {
                open.headers += key + ": " + value + "\r\n";
            }
        }
        sockets_[name] = std::make_unique<StompClient>(loop_);
        co_await sockets_[name]->open(std::move(open), soon());
        co_return;
    }
    if (!sockets_.contains(name)) {
        fail("no socket " + name);
    }
    StompClient& client = *sockets_[name];
    if (rest.starts_with("> ")) {
        const FrameText frame = read_frame_text(fill(rest.substr(2)));
        std::string text = frame.command + "\n";
        for (const auto& [key, value] : frame.headers) {
            text += key + ":" + value + "\n";
        }
        text += "\n" + frame.body.value_or("");
        text.push_back('\0');
        co_await client.send_text(std::move(text));
    } else if (rest.starts_with("<")) {
        const bool may_skip = rest.starts_with("<~");
        co_await expect_frame(client, rest.substr(may_skip ? 3 : 2), may_skip);
    } else if (rest.starts_with("closed ")) {
        const int code = co_await client.closed(soon());
        match_text(rest.substr(7), std::to_string(code), "close code");
    } else if (rest == "drop") {
        client.drop();
    } else {
        fail("write open, > FRAME, < FRAME, <~ FRAME, closed CODE or drop");
    }
}

Task<void> Transcript::expect_frame(StompClient& client, std::string rest, bool may_skip) {
    const FrameText wanted = read_frame_text(rest);
    const Steady deadline = soon();
    for (;;) {
        auto frame = co_await client.next(deadline);
        if (!frame) {
            fail("the server closed instead of " + wanted.command);
        }
        try {
            match_text(wanted.command, std::string{net::stomp::to_text(frame->command)}, "command");
            for (const auto& [name, value] : wanted.headers) {
                match_text(value, std::string{frame->get_or_empty(name)}, name);
            }
            if (wanted.body) {
                match(wire::parse(*wanted.body), wire::parse(frame->body), "body");
            }
            co_return;
        } catch (const std::runtime_error& problem) {
            if (!may_skip && !(ports_.size() > 1 && says_resync(*frame))) {
                throw std::runtime_error{std::string{problem.what()} + "\n" + show(*frame)};
            }
        }
    }
}

std::string Transcript::fill(const std::string& text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i + 1;
        while (text[i] == '$' && end < text.size() && is_name_character(text[end])) {
            ++end;
        }
        const auto found =
            text[i] == '$' ? kept_.find(text.substr(i + 1, end - i - 1)) : kept_.end();
        out += found != kept_.end()
                   ? found->second
                   : text.substr(i, found == kept_.end() && text[i] == '$' ? end - i : 1);
        i = text[i] == '$' ? end : i + 1;
    }
    return out;
}

void Transcript::match_text(const std::string& wanted, const std::string& found,
                            const std::string& where) {
    if (wanted == "*") {
        return;
    }
    if (wanted.starts_with("$") && wanted.ends_with("=")) {
        kept_[wanted.substr(1, wanted.size() - 2)] = found;
        return;
    }
    if (fill(wanted) != found) {
        fail(where + " is \"" + found + "\" instead of \"" + fill(wanted) + "\"; " + answer_.body);
    }
}

void Transcript::match(const wire::Value& wanted, const wire::Value& found,
                       const std::string& where) {
    if (const std::string* text = wanted.if_string()) {
        match_text(*text, found.if_string() != nullptr ? *found.if_string() : wire::to_json(found),
                   where);
    } else if (const wire::Object* members = wanted.if_object()) {
        for (const auto& [name, value] : *members) {
            const wire::Value* member = found.find(name);
            if (member == nullptr) {
                fail(where + "." + name + " is missing in " + wire::to_json(found));
            }
            match(value, *member, where + "." + name);
        }
    } else if (const wire::Array* items = wanted.if_array()) {
        const bool is_open = !items->empty() && items->back().if_string() != nullptr &&
                             *items->back().if_string() == "...";
        const std::size_t count = items->size() - (is_open ? 1 : 0);
        const wire::Array* there = found.if_array();
        if (there == nullptr || there->size() < count || (!is_open && there->size() != count)) {
            fail(where + " is " + wire::to_json(found) + " instead of " + wire::to_json(wanted));
        }
        for (std::size_t i = 0; i < count; ++i) {
            match((*items)[i], (*there)[i], where + "[" + std::to_string(i) + "]");
        }
    } else if (wire::to_json(wanted) != wire::to_json(found)) {
        fail(where + " is " + wire::to_json(found) + " instead of " + wire::to_json(wanted));
    }
}

void Transcript::fail(const std::string& what) const {
    throw std::runtime_error{place_ + ": " + what};
}

}  // namespace loquat::test
