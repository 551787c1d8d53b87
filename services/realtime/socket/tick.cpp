#include "services/realtime/socket/tick.hpp"

#include <algorithm>
#include <utility>

namespace loquat::realtime {

Tick::Tick(aio::Loop& loop, std::move_only_function<void(Ticked&)> bury)
    : loop_(loop), bury_(std::move(bury)) {}

Tick::~Tick() { *alive_ = false; }

void Tick::schedule() {
    if (!std::exchange(is_scheduled_, true)) {
        loop_.defer([this, alive = alive_] {
            if (*alive) {
                run();
            }
        });
    }
}

void Tick::list(Flushable& one) {
    ready_.push_back(&one);
    schedule();
}

void Tick::unlist(Flushable& one) {
    std::erase(ready_, &one);
    std::ranges::replace(flushing_, &one, nullptr);
}

void Tick::write_later(Ticked& socket) {
    if (!std::exchange(socket.is_dirty_, true)) {
        dirty_.push_back(&socket);
        schedule();
    }
}

void Tick::read_later(Ticked& socket) {
    if (!std::exchange(socket.is_hungry_, true)) {
        hungry_.push_back(&socket);
        schedule();
    }
}

void Tick::bury_later(Ticked& socket) {
    if (!std::exchange(socket.is_dead_, true)) {
        dead_.push_back(&socket);
        schedule();
    }
}

void Tick::run() {
    is_scheduled_ = false;
    read();
    flush();
    bury();
}

void Tick::read() {
    std::vector<Ticked*> hungry;
    hungry.swap(hungry_);
    for (Ticked* socket : hungry) {
        socket->is_hungry_ = false;
        socket->read_on();
    }
}

void Tick::flush() {
    flushing_.swap(ready_);
    for (Flushable*& next : flushing_) {
        if (Flushable* one = std::exchange(next, nullptr)) {
            take(*one);
            one->flush();
        }
    }
    flushing_.clear();
    // Writing may make others dirty (a lost connection's person); those wait for the next tick.
    std::vector<Ticked*> dirty;
    dirty.swap(dirty_);
    for (Ticked* socket : dirty) {
        socket->is_dirty_ = false;
        socket->flush();
    }
}

void Tick::bury() {
    std::vector<Ticked*> dead;
    dead.swap(dead_);
    for (Ticked* socket : dead) {
        socket->is_dead_ = false;
        if (!socket->is_over()) {
            continue;  // frames are under way; it comes again when they are done
        }
        if (socket->is_dirty_ || socket->is_hungry_) {
            bury_later(*socket);
            continue;
        }
        bury_(*socket);
    }
}

}  // namespace loquat::realtime
