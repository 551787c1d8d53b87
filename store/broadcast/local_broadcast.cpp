#include "store/broadcast/local_broadcast.hpp"

#include "store/broadcast/hub.hpp"

namespace loquat::store {
namespace {

class LocalBroadcast final : public Broadcast {
  public:
    explicit LocalBroadcast(LocalBroadcastOptions options)
        : hub_(std::make_shared<BroadcastHub>(options)) {}

    Subscription subscribe(std::string topic, OnNotice on_notice) override {
        return hub_->subscribe(std::move(topic), std::move(on_notice));
    }
    void publish(std::string_view topic, Payload payload) override {
        hub_->publish(topic, payload);
    }

  private:
    std::shared_ptr<BroadcastHub> hub_;
};

}  // namespace

std::unique_ptr<Broadcast> make_local_broadcast(LocalBroadcastOptions options) {
    return std::make_unique<LocalBroadcast>(options);
}

}  // namespace loquat::store
