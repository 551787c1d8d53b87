#pragma once
#include <utility>

namespace loquat::realtime {

// Has something ready that leaves at the end of the loop's turn.
class Flushable {
  public:
    virtual void flush() = 0;

  protected:
    Flushable() = default;
    ~Flushable() = default;
    Flushable(const Flushable&) = default;
    Flushable& operator=(const Flushable&) = default;

  private:
    friend class FlushList;
    bool is_listed_ = false;
};

// Those that will be flushed, each once.
class FlushList {
  public:
    void add(Flushable& one) {
        if (!std::exchange(one.is_listed_, true)) {
            list(one);
        }
    }
    // It will not be flushed any more; before it is destroyed.
    void remove(Flushable& one) {
        if (std::exchange(one.is_listed_, false)) {
            unlist(one);
        }
    }

  protected:
    ~FlushList() = default;
    // It is about to be flushed: what it gets from now on lists it again.
    static void take(Flushable& one) { one.is_listed_ = false; }

  private:
    virtual void list(Flushable& one) = 0;
    virtual void unlist(Flushable& one) = 0;
};

}  // namespace loquat::realtime
