#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace loquat::app {

// A line on standard error that says how far something is: redrawn on a terminal, a line every ten
// percent elsewhere.
class Progress {
  public:
    // `total` 0: not known.
    Progress(std::string what, std::size_t total);
    void add(std::size_t count = 1);
    // Ends the line with the time taken and the rate.
    void finish();

  private:
    void draw();

    std::string what_;
    std::size_t total_;
    std::size_t done_ = 0;
    std::size_t shown_percent_ = 0;
    bool is_terminal_;
    std::chrono::steady_clock::time_point began_;
    std::chrono::steady_clock::time_point drawn_;
};

}  // namespace loquat::app
