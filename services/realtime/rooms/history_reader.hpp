#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <variant>

#include "services/realtime/ports.hpp"

namespace loquat::realtime {

inline constexpr std::int32_t history_page_items = 50;

// The oldest messages after `after_seq`, at most `history_page_items`, on behalf of `who`.
struct ReadPage {
    Identity who;
    ChatId chat;
    std::int64_t after_seq = 0;
};
struct Pause {
    std::chrono::milliseconds time;
};
// Nothing for now; it says so itself when there is something again.
struct Rest {};
using HistoryStep = std::variant<Rest, ReadPage, Pause>;

// Reads messages out of the store, without doing it: somebody asks what is to be done next, does
// it, and says how it went, until there is nothing more.
class HistoryReader {
  public:
    virtual ~HistoryReader() = default;
    virtual HistoryStep next() = 0;
    // What came of a ReadPage.
    virtual void on_page(contracts::MessagePage page) = 0;
    virtual void on_failed(const Failure& failure) = 0;
};

// Whoever performs the steps.
class HistoryRuns {
  public:
    // Takes steps until `reader` rests; it is not started again before.
    virtual void start(std::shared_ptr<HistoryReader> reader) = 0;

  protected:
    ~HistoryRuns() = default;
};

}  // namespace loquat::realtime
