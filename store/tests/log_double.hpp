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
    Task<std::uint32_t> partitions(std::string topic) override {
        return inner_->partitions(std::move(topic));
    }
    Task<std::vector<LogRecordPtr>> read(Partition from, Offset after, ReadLimit limit) override {
        return inner_->read(std::move(from), after, limit);
    }
    Task<bool> wait(Partition in, Offset after, Steady deadline) override {
        return inner_->wait(std::move(in), after, deadline);
    }
    Task<void> trim(Partition in, Offset before) override {
        return inner_->trim(std::move(in), before);
    }
    Task<LogEnds> ends(Partition of) override { return inner_->ends(std::move(of)); }
    Task<Uuid> identity(std::string topic) override { return inner_->identity(std::move(topic)); }
    LogState state() const override { return LogState::ready; }
    std::size_t held_bytes() const override { return inner_->held_bytes(); }

  protected:
    EventLog& inner() { return *inner_; }

  private:
    std::unique_ptr<EventLog> inner_ = make_memory_log();
};

}  // namespace loquat::store
