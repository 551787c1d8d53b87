#pragma once
#include <memory>
#include <vector>

#include "contracts/chat/broadcasts.hpp"
#include "services/realtime/rooms/history_reader.hpp"
#include "services/realtime/rooms/stomp_subscription.hpp"

namespace loquat::realtime {

// SUBSCRIBE with last-seq: first everything after it from the store, page by page as its socket
// takes it, then what was held back meanwhile; then the subscription follows its room.
class CatchUp final : public HistoryReader, public std::enable_shared_from_this<CatchUp> {
  public:
    // It has been sent everything to `subscription.last_seq`, and is in its room's list.
    CatchUp(StompSubscription& subscription, FrameMaker& maker, HistoryRuns& runs);

    void start();
    // An edit or the like, which comes when the replay is done.
    void hold_back(contracts::RoomEvent event);
    // Its connection has room again.
    void on_drained();
    // Its subscription has ended.
    void end();

    HistoryStep next() override;
    void on_page(contracts::MessagePage page) override;
    void on_failed(const Failure& failure) override;

  private:
    // False where the socket has no room.
    bool send_page();
    void send(contracts::Message message);
    // What is to be done after a whole page was sent.
    HistoryStep judge();
    HistoryStep rest();
    void skip();
    void finish();

    StompSubscription* subscription_;  // null once it has ended
    FrameMaker& maker_;
    HistoryRuns& runs_;
    std::vector<contracts::RoomEvent> held_;
    bool has_lost_ = false;  // `held_` was full
    contracts::MessagePage page_;
    std::size_t sent_ = 0;  // of `page_`
    std::int64_t asked_after_ = 0;
    int behind_ = 0;           // how often the store knew less than was broadcast
    bool has_page_ = false;    // it was read and is not judged yet
    bool is_running_ = false;  // steps are being taken
};

}  // namespace loquat::realtime
