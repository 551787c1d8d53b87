#pragma once
#include <string>
#include <vector>

#include "testing/log_double.hpp"

namespace loquat::test {

// A log in memory whose next appends may be told to fail, with `store.full`, or never to end.
class FakeLog final : public LogDouble {
  public:
    Task<store::LogPlace> append(std::string topic, std::string key, std::string payload) override;
    Task<std::vector<store::LogPlace>> append_all(
        std::string topic, std::vector<store::KeyedPayload> records) override;

    int failures_left = 0;
    int groups_left = -1;   // what comes after them fails; less than 0: nothing does
    bool is_stuck = false;  // once nothing fails
    int appends = 0;        // records
    int refused = 0;        // groups

  private:
    Task<void> take_turn();
};

}  // namespace loquat::test
