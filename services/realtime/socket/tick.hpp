#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "aio/loop.hpp"
#include "services/realtime/domain/flush_list.hpp"

namespace loquat::realtime {

// A socket as the end of a turn sees it.
class Ticked {
  public:
    // Reads on after a pause, unless the socket is being waited for already.
    virtual void read_on() = 0;
    // Writes what is queued; may find that the socket is gone.
    virtual void flush() = 0;
    // May be destroyed.
    virtual bool is_over() const = 0;

  protected:
    Ticked() = default;
    ~Ticked() = default;
    bool is_hungry() const { return is_hungry_; }

  private:
    friend class Tick;
    bool is_dirty_ = false;   // listed for the next flush
    bool is_hungry_ = false;  // listed for reading on
    bool is_dead_ = false;    // listed for burial
};

// The end of a turn of the loop: sockets that were read long enough are read on, what was made
// ready for many is given to each of them, then every socket that got anything is written to once.
class Tick final : public FlushList {
  public:
    // `bury` destroys a socket; it is called last, when nobody holds a pointer to what is over.
    Tick(aio::Loop& loop, std::move_only_function<void(Ticked&)> bury);
    ~Tick();
    Tick(const Tick&) = delete;
    Tick& operator=(const Tick&) = delete;

    void write_later(Ticked& socket);
    void read_later(Ticked& socket);
    void bury_later(Ticked& socket);

  private:
    void list(Flushable& one) override;
    void unlist(Flushable& one) override;
    void schedule();
    void run();
    void read();
    void flush();
    void bury();

    aio::Loop& loop_;
    std::move_only_function<void(Ticked&)> bury_;
    std::vector<Flushable*> ready_;
    std::vector<Flushable*> flushing_;  // in this turn; null where it was done or is gone
    std::vector<Ticked*> dirty_;
    std::vector<Ticked*> hungry_;
    std::vector<Ticked*> dead_;
    bool is_scheduled_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace loquat::realtime
