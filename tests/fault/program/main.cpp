// People who use a platform while its parts fail: tools/faults starts it, tells it when the last
// fault is over, and reads what it prints, a line each:
//   ready
//   sent WHO BEGUN ENDED | failed WHO BEGUN ENDED CODE | shown WHO BEGUN ENDED
//   answered WHO BEGUN ENDED CODE     the code of an answer that failed
//   undone WHO BEGUN ENDED TEXT       of a message that had been edited further
//   wrong WHAT           at the end: what was promised and is not so
//   checked ACKNOWLEDGED messages, ...
// Times are CLOCK_MONOTONIC in nanoseconds.
#include <atomic>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <thread>

#include "aio/run.hpp"
#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "net/http/client.hpp"
#include "tests/fault/edits.hpp"
#include "tests/fault/generation_load.hpp"
#include "tests/fault/load.hpp"

namespace loquat::test {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t rooms = 4;
constexpr std::size_t people = 6;
constexpr std::size_t lanes = 2;  // of each: that two are never in flight wants two who try
constexpr std::size_t editors = 3;
constexpr std::size_t acknowledged_min = 200;
constexpr int waits_max = 1'800;
constexpr milliseconds look{50};
constexpr milliseconds answer_time_max{3'000};

void print(const Sight& sight) {
    constexpr std::array names{"sent", "failed", "shown", "answered", "undone"};
    std::printf("%s %s %lld %lld %s\n", names[static_cast<std::size_t>(sight.kind)],
                sight.who.c_str(), static_cast<long long>(sight.begun),
                static_cast<long long>(sight.ended), sight.code.c_str());
    std::fflush(stdout);
}

Task<bool> comes(std::function<bool()> condition) {
    for (int i = 0; i < waits_max; ++i) {
        if (condition()) {
            co_return true;
        }
        co_await pause_for(look);
    }
    co_return false;
}

struct Users {
    Load load;
    GenerationLoad answers;
    EditLoad edits;
    aio::Scope writers;
    aio::Scope readers;
};

void print_wrong(const std::string& what) { std::printf("wrong %s\n", what.c_str()); }

Task<void> start(Users& users) {
    co_await users.load.prepare(rooms);
    co_await users.answers.prepare(people);
    co_await users.edits.prepare();
    for (std::size_t i = 0; i < rooms; ++i) {
        users.writers.start(users.load.write_by_http("http" + std::to_string(i)));
        users.writers.start(users.load.write_by_stomp("stomp" + std::to_string(i)));
        users.readers.start(users.load.follow("reader" + std::to_string(i), i));
    }
    for (std::size_t i = 0; i < people * lanes; ++i) {
        users.writers.start(users.answers.talk(i % people, i / people));
    }
    for (std::size_t i = 0; i < editors; ++i) {
        users.writers.start(users.edits.edit("editor" + std::to_string(i)));
    }
    users.readers.start(users.edits.look());
    std::puts("ready");
    std::fflush(stdout);
}

// Everybody ends what they have begun; then it is compared with what the platform says.
Task<void> end(Users& users) {
    users.load.finish();
    users.answers.finish();
    users.edits.finish();
    const auto have_ended = [&] {
        return users.load.running() == 0 && users.answers.running() == 0 &&
               users.edits.running() == 0;
    };
    const bool are_ended = co_await comes(have_ended);
    if (!are_ended) {
        print_wrong("some who sent or asked are without an answer after the last fault");
    }
    co_await users.load.read_rooms();
    const auto have_seen = [&] { return users.load.all_seen(); };
    co_await comes(have_seen);  // the checker says what is missing
    co_await users.readers.close();
    if (are_ended) {
        for (const std::string& finding : co_await users.answers.check()) {
            print_wrong(finding);
        }
        for (const std::string& finding : co_await users.edits.check()) {
            print_wrong(finding);
        }
    }
    co_await users.writers.close();
}

Task<void> run(Users& users, const std::atomic<bool>& is_over) {
    std::exception_ptr failed;
    try {
        co_await start(users);
        while (!is_over) {
            co_await pause_for(look);
        }
        co_await end(users);
    } catch (...) {
        failed = std::current_exception();
    }
    co_await users.readers.close();
    co_await users.writers.close();
    if (failed) {
        std::rethrow_exception(failed);
    }
}

int summarise(const Users& users) {
    const Load& load = users.load;
    const GenerationLoad& answers = users.answers;
    for (const Finding& finding : check(load.history(), acknowledged_min)) {
        print_wrong(std::string{name_of(finding.fault)} + ": " + finding.what);
    }
    std::string failures;
    for (const auto& [code, count] : answers.failures()) {
        failures += ", " + std::to_string(count) + " of them failed as " + code;
    }
    std::printf(
        "checked %zu messages, %zu sends without an answer, %zu events, %zu edits, %zu answers%s, "
        "%zu streams resumed\n",
        load.acknowledged(), load.unanswered(), load.history().events.size(), users.edits.edited(),
        answers.followed(), failures.c_str(), answers.resumed());
    return 0;
}

int run_program(const std::vector<std::string>& arguments) {
    std::vector<Where> gateways;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const auto origin = net::http::Origin::parse(arguments[i]);
        if (!origin) {
            break;
        }
        gateways.push_back(
            {.port = origin->port, .host = origin->host, .answer_time_max = answer_time_max});
    }
    const auto seed = arguments.empty() ? std::nullopt : parse_number(arguments[0]);
    if (!seed || gateways.size() + 1 != arguments.size() || gateways.empty()) {
        std::fputs("usage: loquat-fault-load SEED http://GATEWAY:PORT...\n", stderr);
        return 2;
    }
    std::atomic<bool> is_over = false;
    std::thread until{[&] {
        while (std::cin.get() != std::char_traits<char>::eof()) {
        }
        is_over = true;
    }};
    aio::Loop loop{"users"};
    Doors doors{[&] { return gateways; }};
    const Manners manners{.pause = milliseconds{40},
                          .after_failure = milliseconds{20},
                          .silence_max = milliseconds{3'000}};
    const Manners of_people{.pause = milliseconds{200}, .silence_max = milliseconds{4'000}};
    Users users{.load{loop, doors, *seed, manners},
                .answers{loop, doors, of_people},
                .edits{loop, doors, manners},
                .writers{loop, "writers"},
                .readers{loop, "readers"}};
    users.load.watch(print);
    users.answers.watch(print);
    users.edits.watch(print);
    int code = 0;
    try {
        aio::run_to_end(loop, run(users, is_over));
        code = summarise(users);
    } catch (const std::exception& error) {
        print_wrong(std::string{"the users' program failed: "} + error.what());
        code = 1;
    }
    std::fflush(stdout);
    until.join();
    return code;
}

}  // namespace
}  // namespace loquat::test

int main(int count, char** arguments) {
    return loquat::test::run_program({arguments + 1, arguments + count});
}
