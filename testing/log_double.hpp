#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/log/memory_log.hpp"

namespace loquat::test {

// A log in memory, or another one, for tests whose appends are their own: they fail, wait or are
// counted.  All else passes on.
class LogDouble : public store::EventLog {
  public:
    LogDouble() : own_(store::make_memory_log()), inner_(own_.get()) {}
    // `inner` outlives it.
    explicit LogDouble(store::EventLog& inner) : inner_(&inner) {}

    Task<std::uint32_t> partitions(std::string topic) override {
        return inner_->partitions(std::move(topic));
    }
    Task<std::vector<store::LogRecordPtr>> read(store::Partition from, store::Offset after,
                                                store::ReadLimit limit) override {
        return inner_->read(std::move(from), after, limit);
    }
    Task<bool> wait(store::Partition in, store::Offset after, Steady deadline) override {
        return inner_->wait(std::move(in), after, deadline);
    }
    Task<void> trim(store::Partition in, store::Offset before) override {
        return inner_->trim(std::move(in), before);
    }
    Task<store::LogEnds> ends(store::Partition of) override { return inner_->ends(std::move(of)); }
    Task<Uuid> identity(std::string topic) override { return inner_->identity(std::move(topic)); }
    store::LogState state() const override { return store::LogState::ready; }
    std::size_t held_bytes() const override { return inner_->held_bytes(); }

  protected:
    store::EventLog& inner() { return *inner_; }

  private:
    std::unique_ptr<store::EventLog> own_;
    store::EventLog* inner_;
};

}  // namespace loquat::test
