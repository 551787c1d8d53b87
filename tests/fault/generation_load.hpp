#pragma once
#include <map>
#include <random>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "testing/event_reader.hpp"
#include "testing/http_caller.hpp"
#include "tests/fault/doors.hpp"
#include "tests/fault/turns.hpp"

namespace loquat::test {

// People with an assistant each, whose questions live through kills.  What they saw is kept;
// `check` compares it with what the server says in the end.  One loop.
class GenerationLoad {
  public:
    GenerationLoad(aio::Loop& loop, Doors& doors, Manners manners = {})
        : loop_(loop), doors_(doors), manners_(manners) {}

    // Is told of answers, at once.
    void watch(Watcher watcher) { watcher_ = std::move(watcher); }

    // People and conversations; the server runs.
    Task<void> prepare(std::size_t people);

    // Each until `finish`: asks, follows the answer to its end and asks again.  A question without
    // an answer is asked again under its key; a stream that breaks off is followed from where it
    // was.
    // One person may talk several times at once: `lane` tells them apart.
    Task<void> talk(std::size_t person, std::size_t lane = 0);
    void finish() { finishing_ = true; }

    // Answers that are being followed now, and those that were followed to their end.
    std::size_t following() const { return following_; }
    std::size_t followed() const { return followed_; }
    std::size_t resumed() const { return resumed_; }
    std::size_t running() const { return running_; }

    // What is wrong, a line each; after the last talk has ended, on a server that runs.
    // Also, that no two answers of one person were ever being written at once.
    Task<std::vector<std::string>> check();
    // Answers that failed, by their code.
    const std::map<std::string, std::size_t>& failures() const { return failures_; }

  private:
    struct Question {
        std::string key;
        std::string generation;
        std::string seen;     // of its text
        std::string failure;  // the code of one that failed
    };
    struct Person {
        std::string name;
        std::string token;
        std::string chat;
        std::vector<Turn> turns;
        std::vector<Question> questions;
        // Sums over the generations that the server lists.
        std::int64_t input_tokens = 0;
        std::int64_t output_tokens = 0;
        std::int64_t generations = 0;
    };

    Task<HttpCaller::Answer> call(const Person& person, std::string method, std::string target,
                                  std::string body);
    Task<bool> ask(Person& person, Question& question);
    Task<bool> follow(Person& person, Question& question, std::int64_t& last_id);
    Task<void> check_question(Person& person, const Question& question);
    Task<bool> try_question(Person& person, Question& question, std::int64_t& last_id);
    Where door(const Person& person) { return doors_.of(person.name); }
    Task<void> check_messages(Person& person);
    Task<void> check_usage(Person& person);
    void find(std::string what) { findings_.push_back(std::move(what)); }

    aio::Loop& loop_;
    Doors& doors_;
    Manners manners_;
    Watcher watcher_;
    std::vector<Person> people_;
    std::vector<std::string> findings_;
    std::size_t following_ = 0;
    std::size_t followed_ = 0;
    std::size_t resumed_ = 0;
    std::map<std::string, std::size_t> failures_;
    std::size_t running_ = 0;
    bool finishing_ = false;
};

}  // namespace loquat::test
