#include <catch2/catch.hpp>

#include "lib/tensor/error.hpp"
#include "native/cuda/turns.hpp"

using namespace cnnlab;
using cuda::Turns;

TEST_CASE("turns go round from meeting to meeting, and one works at a time", "[cuda_on_cpu]") {
  std::string said;
  Turns turns(3);
  turns.run([&](size_t place) {
    for (const char part : {'a', 'b'}) {
      said += text(part, place, ' ');
      turns.meet(place, [&] { said += "all "; });
    }
    said += text('c', place, ' ');
  });
  CHECK(said == "a0 a1 a2 all b0 b1 b2 all c0 c1 c2 ");
}

TEST_CASE("an error of one ends all, wherever they are, and is the one that is told", "[cuda_on_cpu]") {
  for (const size_t guilty : {size_t{0}, size_t{1}, size_t{2}}) {
    for (const int meetings_before : {0, 1}) {
      INFO("card " << guilty << " after " << meetings_before << " meetings");
      Turns turns(3);
      int ended = 0;
      CHECK_THROWS_WITH(turns.run([&](size_t place) {
        for (int meeting = 0; meeting < 3; ++meeting) {
          check(place != guilty || meeting != meetings_before, "card ", place, " has had enough");
          turns.meet(place, [] {});
        }
        ++ended;
      }),
                        text("card ", guilty, " has had enough"));
      CHECK(ended == 0);
    }
  }
  Turns turns(2);
  CHECK_THROWS_WITH(turns.run([&](size_t place) { turns.meet(place, [] { fail("no sum today"); }); }), "no sum today");
}

TEST_CASE("cards that do not ask for the same sums are told so", "[cuda_on_cpu]") {
  const auto run = [](size_t first, size_t second) {
    Turns turns(2);
    turns.run([&](size_t place) {
      for (size_t i = 0; i < (place == 0 ? first : second); ++i) turns.meet(place, [] {});
    });
  };
  CHECK_THROWS_WITH(run(1, 2), "cuda: card 1 of a step asks for more sums than the first");
  CHECK_THROWS_WITH(run(2, 1), "cuda: the first card of a step asks for more sums than another");
}
