#pragma once
#include <functional>
#include <map>
#include <string>

namespace loquat::test {

// A network of the test's own: places with an address each, joined by a bridge, every one a network
// namespace of the kernel.  The thread that makes it is in its middle for as long as it lives, with
// whatever it starts there.  Nothing outside sees it, and all of it is gone with the object.
class Network {
  public:
    // Whether this user may have one: root, and a program `ip`.
    static bool is_possible();

    // Throws Failure `test.network`.
    Network();
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    // A new place; its address.
    std::string add(const std::string& place);
    // Runs `work`, which may start programs, in a place.
    void inside(const std::string& place, const std::function<void()>& work) const;
    // What is sent to and from a place is lost without a word, until it is healed.
    void cut(const std::string& place) const;
    void heal(const std::string& place) const;

  private:
    struct Place {
        int space = -1;
        std::string wire;  // its end at the bridge
    };

    int before_ = -1;
    int middle_ = -1;
    std::map<std::string, Place> places_;
};

}  // namespace loquat::test
