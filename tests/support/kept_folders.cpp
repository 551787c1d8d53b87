#include "tests/support/kept_folders.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include "base/failure.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {
namespace {

namespace fs = std::filesystem;

std::int64_t number_in(const wire::Value& value, std::string_view name) {
    const wire::Value* found = value.find(name);
    return found == nullptr ? -1 : std::get<std::int64_t>(found->any());
}

std::string newest_audit(const std::string& body) {
    const wire::Value list = wire::parse(body);
    const auto& items = *list.find("items")->if_array();
    return items.empty() ? std::string{} : *items.front().find("id")->if_string();
}

class Session {
  public:
    explicit Session(PlatformUnderTest& platform) : caller_(loop_, platform.port()) {}

    template <class Body>
    void run(Body body) {
        run_to_end(loop_, body(caller_));
    }

  private:
    aio::Loop loop_{"client"};
    HttpCaller caller_;
};

Task<std::string> get(HttpCaller& caller, const Told& told, std::string target) {
    const auto answer = co_await caller.call("GET", std::move(target), told.token, "");
    co_return std::to_string(answer.status) + " " + answer.body;
}

Task<std::int64_t> send(HttpCaller& caller, const Told& told, std::string text) {
    const std::string body =
        R"({"client_id":")" + text.substr(0, 64) + R"(","text":")" + text + "\"}";
    const std::string target = "/api/chats/" + told.room + "/messages";
    const auto sent = co_await caller.call("POST", target, told.token, body);
    if (sent.status != 201) {
        throw Failure{Kind::internal, "test.send", sent.body};
    }
    co_return number_in(wire::parse(sent.body), "seq");
}

Task<void> begin(HttpCaller& caller, Told& told) {
    told.token = co_await caller.make_user("ana");
    co_await caller.make_user("ben");
    told.room = co_await caller.make_room(told.token, "General");
}

// Messages, an edit, a new signing key, and an answer that is being written.
Task<void> act(HttpCaller& caller, Told& told, std::string time) {
    for (int i = 0; i < 8; ++i) {
        const std::string text = time + std::to_string(i) + std::string(300, 'm');
        told.last_seq = co_await send(caller, told, text);
    }
    const std::string title = R"({"title":")" + time + " room\"}";
    co_await caller.call("PATCH", "/api/chats/" + told.room, told.token, title);
    const std::string login = R"({"login":"ana","password":"a long password 1"})";
    co_await caller.call("POST", "/api/auth/keys/rotate", told.token, "");
    const auto signed_in = co_await caller.call("POST", "/api/auth/login", "", login);
    told.token = signed_in.text("access_token");
    const auto chat =
        co_await caller.call("POST", "/api/chats", told.token, R"({"kind":"assistant"})");
    const std::string question = R"({"client_id":"1","prompt":"[[stall 10]] Why?"})";
    const auto asked = co_await caller.call(
        "POST", "/api/chats/" + chat.text("id") + "/generations", told.token, question);
    told.generation = asked.text("generationId");
    // It says no more after ten tokens: nothing new for a second.
    Steady changed = std::chrono::steady_clock::now();
    const auto is_still = [&](const HttpCaller::Answer& answer) {
        const std::string said = answer.text("text");
        if (said != told.said) {
            told.said = said;
            changed = std::chrono::steady_clock::now();
        }
        const auto quiet = std::chrono::steady_clock::now() - changed;
        return told.said.size() >= 20 && quiet > std::chrono::seconds{1};
    };
    co_await caller.get_until("/api/generations/" + told.generation, told.token, is_still);
}

Task<void> note(HttpCaller& caller, Told& told) {
    const std::string room = "/api/chats/" + told.room;
    const std::vector<std::string> targets{room + "/messages?limit=100", "/api/auth/me"};
    for (const std::string& target : targets) {
        told.answers[target] = co_await get(caller, told, target);
    }
    told.title = (co_await caller.call("GET", room, told.token, "")).text("title");
    told.audit = newest_audit((co_await caller.call("GET", "/api/audit", told.token, "")).body);
}

Task<void> look(HttpCaller& caller, const Told& told, std::string& found) {
    for (const auto& [target, body] : told.answers) {
        const std::string now = co_await get(caller, told, target);
        if (now != body) {
            found += target + " was\n  " + body + "\nand is\n  " + now + "\n";
        }
    }
    const std::string room = "/api/chats/" + told.room;
    const auto view = co_await caller.call("GET", room, told.token, "");
    if (view.status != 200 || view.text("title") != told.title) {
        found += "the room is now " + view.body + "\n";
    }
    const std::string generation =
        (co_await caller.call("GET", "/api/generations/" + told.generation, told.token, "")).body;
    if (!generation.contains(told.said)) {
        found += "of the answer " + told.said + " is left " + generation + "\n";
    }
    const auto audit = co_await caller.call("GET", "/api/audit?limit=200", told.token, "");
    if (!audit.body.contains(told.audit)) {
        found += "an entry of the trail is gone\n";
    }
    const std::int64_t seq = co_await send(caller, told, "after");
    if (seq != told.last_seq + 1) {
        found += "the next number is " + std::to_string(seq) + "\n";
    }
    const std::string page = co_await get(caller, told, room + "/messages?limit=1");
    if (!page.contains("\"after\"")) {
        found += "what was accepted is not shown: " + page + "\n";
    }
    const std::string body = R"({"username":"mallory","password":"a long password 1"})";
    const auto registered = co_await caller.call("POST", "/api/auth/register", "", body);
    if (registered.body.contains("admin")) {
        found += "a stranger is administrator\n";
    }
}

// Until nothing more changes: everything is where it will be.
void copy_when_still(const fs::path& from, const fs::path& to) {
    const auto state = [&] {
        std::string all;
        for (const auto& entry : fs::recursive_directory_iterator{from}) {
            if (entry.is_regular_file() && !entry.path().string().ends_with("-shm")) {
                std::ifstream in{entry.path(), std::ios::binary};
                std::string bytes(std::min<std::uintmax_t>(entry.file_size(), 1 << 20), '\0');
                in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
                all += entry.path().string() + std::to_string(std::hash<std::string>{}(bytes));
            }
        }
        return all;
    };
    std::string before;
    std::string after = state();
    while (before != after) {
        before = after;
        copy_folder_sparsely(from, to);
        after = state();
    }
}

}  // namespace

void copy_file_sparsely(const fs::path& from, const fs::path& to) {
    const int in = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
    const int out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const off_t size = ::lseek(in, 0, SEEK_END);
    bool is_good = in >= 0 && out >= 0 && ::ftruncate(out, size) == 0;
    std::vector<char> bytes;
    for (off_t at = ::lseek(in, 0, SEEK_DATA); is_good && at >= 0 && at < size;) {
        const off_t end = ::lseek(in, at, SEEK_HOLE);
        bytes.resize(static_cast<std::size_t>(end - at));
        is_good = ::pread(in, bytes.data(), bytes.size(), at) == end - at &&
                  ::pwrite(out, bytes.data(), bytes.size(), at) == end - at;
        at = ::lseek(in, end, SEEK_DATA);
    }
    ::close(in);
    ::close(out);
    if (!is_good) {
        throw Failure{Kind::internal, "test.copy", from.string() + " cannot be copied"};
    }
}

fs::path make_quick_folder() {
    std::string pattern = "/dev/shm/loquat-test-XXXXXX";
    return ::mkdtemp(pattern.data()) != nullptr ? fs::path{pattern} : make_folder();
}

void copy_folder_sparsely(const fs::path& from, const fs::path& to) {
    fs::remove_all(to);
    fs::create_directories(to);
    for (const auto& entry : fs::recursive_directory_iterator{from}) {
        const fs::path made = to / fs::relative(entry.path(), from);
        if (entry.is_directory()) {
            fs::create_directories(made);
        } else if (!made.string().ends_with("-shm")) {
            copy_file_sparsely(entry.path(), made);
        }
    }
}

std::unique_ptr<PlatformUnderTest> start_on(const fs::path& folder) {
    return std::make_unique<PlatformUnderTest>(PlatformUnderTest::Options{
        .settings = {"auth.hash_memory_kib=8", "auth.hash_passes=1", "platform.drain_seconds=0",
                     "platform.edge_loops=1", "platform.log_level=error",
                     "model.simulated.scripts=true", "model.simulated.first_token_ms=0",
                     "model.simulated.token_ms=1"},
        .folder = folder});
}

std::string find_difference(PlatformUnderTest& platform, const Told& told) {
    std::string found;
    Session session{platform};
    session.run([&](HttpCaller& caller) { return look(caller, told, found); });
    return found;
}

KeptFolders::KeptFolders() : place(make_quick_folder()) {
    for (const bool is_other : {false, true}) {
        const fs::path data = place / (is_other ? "other" : "data");
        Told known;
        for (const std::string time : {"old", "now", "new"}) {
            const std::string name = is_other ? "other" : time;
            auto platform = start_on(data);
            Session session{*platform};
            if (known.token.empty()) {
                session.run([&](HttpCaller& caller) { return begin(caller, known); });
            }
            session.run([&](HttpCaller& caller) { return act(caller, known, time); });
            session.run([&](HttpCaller& caller) { return note(caller, known); });
            copy_when_still(data, of(name, "killed"));
            platform.reset();
            copy_folder_sparsely(data, of(name, "closed"));
            told[name + "-killed"] = told[name + "-closed"] = known;
            if (is_other) {
                break;
            }
        }
    }
}

KeptFolders::~KeptFolders() {
    std::error_code ignored;
    fs::remove_all(place, ignored);
}

}  // namespace loquat::test
