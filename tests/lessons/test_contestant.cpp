#include <catch2/catch.hpp>

#include "lessons/contestant.hpp"

using namespace cnnlab;

TEST_CASE("a contestant's name is a lesson's network with its options") {
  const Contestant plain = find_contestant("plain56");
  CHECK(plain.name == "plain56");
  CHECK(plain.lesson->id == "degradation");
  CHECK(plain.options == LessonOptions{{"depth", 56}, {"width", 8}, {"batch_norm", 1}});
  CHECK(plain.title_en == "Plain-56");

  const Contestant residual = find_contestant("residual20:width=16:shortcut=2");
  CHECK(residual.name == "residual20:width=16:shortcut=2");
  CHECK(residual.lesson->id == "residual");
  CHECK(residual.options == LessonOptions{{"depth", 20}, {"width", 16}, {"shortcut", 2}});
  CHECK(residual.title_en == "ResNet-20 (width 16, shortcut 2)");

  CHECK(find_contestant("inception").lesson->id == "inception");
  CHECK(find_contestant("deeper4").title_ko == "MainNet, 모듈 4개");
  CHECK(find_contestant("direct").options.at("bottleneck") == 0);
}

TEST_CASE("every lesson's racing names can be built, and no two mean the same") {
  std::string names;
  for (const Lesson& lesson : lessons()) {
    for (const RacingName& racing : lesson.racing) {
      INFO(racing.name);
      CHECK(racing.name.find_first_of("0123456789:,= ") == racing.name.npos);
      std::string name = racing.name;
      for (const LessonOption& option : lesson.options)
        if (option.name == racing.option) name += std::to_string(option.least);
      const Contestant found = find_contestant(name);
      CHECK(found.lesson == &lesson);
      CHECK(found.lesson->make(found.options)->parameter_count() > 0);
      CHECK(found.title_en.find("{}") == found.title_en.npos);
      CHECK(found.title_ko.find("{}") == found.title_ko.npos);
      names += (names.empty() ? "" : ",") + name;
    }
  }
  CHECK(find_contestants(names).size() >= 6);
}

TEST_CASE("a wrong contestant is told what there is") {
  for (const char* wrong : {"plane20", "plain21", "plain", "plain620", "inception2", "", "plain20x"})
    CHECK_THROWS_WITH(find_contestant(wrong),
                      Catch::StartsWith(text("there is no network \"", wrong, "\" to race; there are: ")) &&
                          Catch::Contains("inception, deeper2 to deeper8, plain8 to plain56 in "
                                          "steps of 6, residual8 to residual56"));
  CHECK_THROWS_WITH(find_contestant("plain20:with=16"), "lesson degradation has no option \"with\"");
  CHECK_THROWS_WITH(find_contestant("plain20:width=17"),
                    "lesson degradation: width must be 4 to 16 in steps of 4, got 17");
  for (const char* wrong : {"width", "width=", "width=a", ""})
    CHECK_THROWS_WITH(find_contestant(text("plain20:", wrong)),
                      text("plain20:", wrong, ": an option looks like width=16, not like \"", wrong, "\""));
  CHECK_THROWS_WITH(find_contestant("plain20:depth=8"), "plain20:depth=8: depth is set by the name \"plain\" already");
  CHECK_THROWS_WITH(find_contestant("direct:bottleneck=1"),
                    "direct:bottleneck=1: bottleneck is set by the name \"direct\" already");
}

TEST_CASE("several contestants stand with commas between them, each once") {
  const auto found = find_contestants("plain20,residual20:width=16,inception");
  REQUIRE(found.size() == 3);
  CHECK(found[1].options.at("width") == 16);
  CHECK_THROWS_WITH(find_contestants("plain20,inception,plain20:width=8"),
                    "plain20:width=8 is the same network as plain20: name each once");
  CHECK_THROWS_WITH(find_contestants("plain20,"), Catch::StartsWith("there is no network \"\" to race"));
}
