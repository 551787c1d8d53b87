#include "tests/fault/edits.hpp"

#include <algorithm>

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "tests/fault/load.hpp"
#include "tests/fault/members.hpp"

namespace loquat::test {
namespace {

using std::chrono::milliseconds;

constexpr int edits = 3;  // of each message
constexpr std::size_t findings_max = 20;
constexpr milliseconds look_pause{30};
const std::string last_ones = "?limit=50";

std::string numbered(const std::string& key, int number) {
    return key + "/" + std::to_string(number);
}

int number_in(const std::string& text) {
    const auto number = parse_number(std::string_view{text}.substr(text.rfind('/') + 1));
    return number ? static_cast<int>(*number) : -1;
}

std::int64_t now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

bool is_done(int status) { return status >= 200 && status < 300; }

}  // namespace

void EditLoad::find(std::string what) {
    if (findings_.size() < findings_max) {
        findings_.push_back(std::move(what));
    }
}

void EditLoad::tell(std::int64_t begun, const std::string& text) {
    if (watcher_) {
        watcher_({.kind = Sight::Kind::undone,
                  .who = "looker",
                  .begun = begun,
                  .ended = now(),
                  .code = text});
    }
}

Task<void> EditLoad::prepare() {
    HttpCaller http{loop_, doors_.of("editor")};
    token_ = co_await http.make_user("editor");
    target_ = "/api/chats/" + co_await http.make_room(token_, "Edited") + "/messages";
}

Task<EditLoad::Reply> EditLoad::call(std::string name, std::string method, std::string target,
                                     std::string text) {
    // A client for each call: the server may be another one by now.
    HttpCaller http{loop_, doors_.of(name)};
    Reply reply;
    try {
        const auto answer =
            co_await http.call(std::move(method), std::move(target), token_, std::move(text));
        reply = {answer.status, answer.text("id")};
    } catch (const Failure&) {
        reply = {};  // it may have been done
    }
    if (!is_done(reply.status)) {
        doors_.leave(name);
    }
    co_return reply;
}

// The id of the message; empty when it is told to end before there is an answer.
Task<std::string> EditLoad::send(std::string name, std::string key) {
    const std::string body =
        wire::to_json(wire::Object{{"client_id", key}, {"text", numbered(key, 0)}});
    Reply reply = co_await call(name, "POST", target_, body);
    while (!is_done(reply.status) && !finishing_) {
        co_await pause_for(manners_.after_failure);
        reply = co_await call(name, "POST", target_, body);
    }
    co_return is_done(reply.status) ? reply.id : std::string{};
}

Task<void> EditLoad::change(std::string name, std::string id, std::string key, int number) {
    const std::string body = wire::to_json(wire::Object{{"text", numbered(key, number)}});
    int status = 0;
    while (!is_done(status) && !(finishing_ && status == 404)) {
        texts_[id].on_asked(number);
        const Reply reply = co_await call(name, "PATCH", target_ + "/" + id, body);
        status = reply.status;
        if (is_done(status)) {
            texts_[id].on_acknowledged(number);
            ++edited_;
        } else if (status == 404) {
            co_await pause_for(manners_.after_failure);  // accepted, and not stored yet
        } else {
            texts_[id].on_unknown(number);
            co_await pause_for(manners_.after_failure);
        }
        if (status >= 400 && status < 500 && status != 404) {
            find("an edit of " + key + " was refused with " + std::to_string(status));
            co_return;
        }
    }
}

Task<void> EditLoad::edit(std::string name) {
    ++running_;
    for (int i = 0; !finishing_; ++i) {
        const std::string key = name + "-" + std::to_string(i);
        const std::string id = co_await send(name, key);
        for (int number = 1; !id.empty() && number <= edits; ++number) {
            co_await change(name, id, key, number);
        }
        co_await pause_for(manners_.pause);
    }
    --running_;
}

Task<wire::Array> EditLoad::read(std::string query) {
    HttpCaller http{loop_, doors_.of("looker")};
    const auto answer = co_await http.call("GET", target_ + query, token_, "");
    if (answer.status != 200) {
        throw Failure{Kind::unavailable, "test.refused", answer.body};
    }
    const wire::Value page = wire::parse(answer.body);
    co_return *page.find("items")->if_array();
}

std::map<std::string, int> EditLoad::firsts() const {
    std::map<std::string, int> firsts;
    for (const auto& [id, text] : texts_) {
        firsts[id] = text.first();
    }
    return firsts;
}

std::vector<std::string> EditLoad::undone(const wire::Array& items,
                                          const std::map<std::string, int>& firsts) {
    std::vector<std::string> texts;
    for (const wire::Value& item : items) {
        const auto first = firsts.find(text_of(item, "id"));
        if (first == firsts.end()) {
            continue;
        }
        std::string text = text_of(item, "text");
        const int number = number_in(text);
        if (number < first->second || number > texts_[first->first].last()) {
            texts.push_back(std::move(text));
        }
    }
    return texts;
}

Task<void> EditLoad::look() {
    for (;;) {
        const std::map<std::string, int> before = firsts();
        const std::int64_t begun = now();
        std::exception_ptr failed;
        try {
            const wire::Array items = co_await read(last_ones);
            for (const std::string& text : undone(items, before)) {
                tell(begun, text);
            }
        } catch (...) {
            failed = std::current_exception();
        }
        if (failed && aio::is_cancellation(failed)) {
            std::rethrow_exception(failed);
        }
        if (failed) {
            doors_.leave("looker");
        }
        co_await pause_for(look_pause);
    }
}

Task<std::vector<std::string>> EditLoad::check() {
    const std::map<std::string, int> expected = firsts();
    std::size_t seen = 0;
    for (std::int64_t after = 0;;) {
        const wire::Array items = co_await read("?limit=200&after_seq=" + std::to_string(after));
        if (items.empty()) {
            break;
        }
        for (const std::string& text : undone(items, expected)) {
            find("undone: " + text + " is there, and had been edited further");
        }
        seen += static_cast<std::size_t>(std::ranges::count_if(
            items, [&](const wire::Value& one) { return expected.contains(text_of(one, "id")); }));
        after = number_of(items.back(), "seq");
    }
    if (seen != expected.size()) {
        find("of " + std::to_string(expected.size()) + " edited messages " + std::to_string(seen) +
             " are there");
    }
    co_return std::move(findings_);
}

}  // namespace loquat::test
