#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/log/memory_log.hpp"

namespace loquat::store {

// A log in memory for tests whose appends are their own: they fail, wait or are counted.  All else
// passes on.
class LogDouble : public EventLog {
  public:
    Task<std::vector<LogRecordPtr>> read(std::string topic, Offset after,
                                         ReadLimit limit) override {
        return inner_->read(std::move(topic), after, limit);
    }
    Task<bool> wait(std::string topic, Offset after, Steady deadline) override {
        return inner_->wait(std::move(topic), after, deadline);
    }
    Task<void> trim(std::string topic, Offset before) override {
        return inner_->trim(std::move(topic), before);
    }
    Task<LogEnds> ends(std::string topic) override { return inner_->ends(std::move(topic)); }
    Uuid identity() const override { return inner_->identity(); }
    LogState state() const override { return LogState::ready; }
    std::size_t held_bytes() const override { return inner_->held_bytes(); }

  protected:
    EventLog& inner() { return *inner_; }

  private:
    std::unique_ptr<EventLog> inner_ = make_memory_log();
};

}  // namespace loquat::store
