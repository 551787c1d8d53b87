#include "services/model/slots.hpp"

#include "base/failure.hpp"

namespace loquat::model {
namespace {

Failure overloaded() {
    return Failure{Kind::unavailable, "model.overloaded",
                   "Too many answers are being written just now."}
        .retry_in(std::chrono::seconds{2});
}

}  // namespace

// A place in the queue.  A slot that was given but not taken goes on to the next one.
struct Slots::Place {
    explicit Place(Slots& in) : slots(in), at(in.waiting_.insert(in.waiting_.end(), this)) {}
    ~Place() {
        if (is_given) {
            slots.release();
        } else if (is_waiting) {
            slots.waiting_.erase(at);
        }
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    Slots& slots;
    std::list<Place*>::iterator at;
    aio::Signal given;
    bool is_waiting = true;
    bool is_given = false;
};

Task<Slots::Lease> Slots::take(Steady deadline) {
    if (used_ < most_ && waiting_.empty()) {
        ++used_;
        co_return Lease{this};
    }
    if (waiting_.size() >= waiting_max_) {
        throw overloaded();
    }
    Place place{*this};
    co_await place.given.wait_until(deadline);
    if (!place.is_given) {
        throw overloaded();
    }
    place.is_given = false;
    co_return Lease{this};
}

void Slots::release() {
    if (waiting_.empty()) {
        --used_;
        return;
    }
    Place* next = waiting_.front();
    waiting_.pop_front();
    next->is_waiting = false;
    next->is_given = true;
    next->given.set();
}

}  // namespace loquat::model
