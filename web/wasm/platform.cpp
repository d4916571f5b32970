#include "web/wasm/platform.hpp"

#include <algorithm>
#include <cmath>

#include <GLES3/gl3.h>
#include <backends/imgui_impl_opengl3.h>
#include <emscripten/html5.h>
#include <emscripten/threading.h>

#include "web/lab/font.hpp"

namespace cnnlab {

namespace {

// What brings a size to so many pixels. Dear ImGui drops what is left over a whole pixel, and would drop a whole one
// where rounding makes it a little less.
float scale_up(float size, int pixels) {
  const auto whole = static_cast<float>(pixels);
  float scale = whole / size;
  while (size * scale < whole) scale = std::nextafter(scale, INFINITY);
  return scale;
}

}  // namespace

bool on_main_thread() { return emscripten_is_main_browser_thread(); }

void Platform::start(const std::string& canvas_selector) {
  check(context_ == 0, "the lab already draws on ", canvas_);
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = attributes.depth = attributes.stencil = attributes.antialias = false;
  // The lab draws only when something has changed; in between the canvas must keep what it shows.
  attributes.preserveDrawingBuffer = true;
  const int context = emscripten_webgl_create_context(canvas_selector.c_str(), &attributes);
  check(context > 0 && emscripten_webgl_make_context_current(context) == EMSCRIPTEN_RESULT_SUCCESS,
        "WebGL 2 is not available: this browser cannot draw the lab; everything else works");
  canvas_ = canvas_selector;
  context_ = context;
  emscripten_set_webglcontextlost_callback(canvas_.c_str(), this, false, context_lost);
  emscripten_set_webglcontextrestored_callback(canvas_.c_str(), this, false, context_restored);

  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = io.LogFilename = nullptr;
  ImGui::GetStyle().WindowPadding = {0, 0};
  ImGui::GetStyle().WindowMinSize = {1, 1};
  ImGui::GetStyle().WindowBorderSize = 0;  // or it would cut the panels' outermost borders
  ImGui_ImplOpenGL3_Init("#version 300 es");
}

// Returning 1 asks the browser to give the context back when it can.
int Platform::context_lost(int, const void*, void* self) {
  static_cast<Platform*>(self)->lost_ = true;
  ImGui_ImplOpenGL3_DestroyDeviceObjects();  // while names of the lost memory may still be named
  return 1;
}

int Platform::context_restored(int, const void*, void* self) {
  auto& platform = *static_cast<Platform*>(self);
  ImGui_ImplOpenGL3_CreateDeviceObjects();
  ++platform.generation_;
  platform.lost_ = false;
  if (platform.on_restored) platform.on_restored();
  return 1;
}

// Glyphs at the size of the device's pixels, so that they are sharp; drawn at their size in CSS pixels.
void Platform::build_fonts(float ratio) {
  if (context_ == 0 || ratio == font_ratio_) return;
  emscripten_webgl_make_context_current(context_);
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  // Whatever glyphs the file has.
  static const ImWchar everything[] = {0x20, 0xffff, 0};
  static const ImWchar ascii[] = {0x20, 0x7e, 0};
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 1;
  config.PixelSnapH = true;
  const auto file = font_file();
  for (const float size : {Ui::body, Ui::small, Ui::large}) {
    config.GlyphRanges = size == Ui::large ? ascii : everything;
    atlas.AddFontFromMemoryTTF(const_cast<uint8_t*>(file.data()), static_cast<int>(file.size()),
                               std::round(size * ratio), &config);
  }
  atlas.Build();
  if (font_ratio_ != 0) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  font_ratio_ = ratio;
}

void Platform::draw(Lab& lab, float ratio, double milliseconds) {
  emscripten_webgl_make_context_current(context_);
  const int width = static_cast<int>(std::lround(lab.width() * ratio)),
            height = static_cast<int>(std::lround(lab.height() * ratio));
  if (width != canvas_width_ || height != canvas_height_) {
    emscripten_set_canvas_element_size(canvas_.c_str(), width, height);
    canvas_width_ = width;
    canvas_height_ = height;
  }
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {lab.width(), lab.height()};
  io.DisplayFramebufferScale = {scale_up(lab.width(), width), scale_up(lab.height(), height)};
  io.DeltaTime = static_cast<float>(std::clamp((milliseconds - last_frame_) / 1000, 1e-3, 1.0));
  last_frame_ = milliseconds;

  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  lab.draw(*this, 1 / ratio);
  ImGui::Render();

  const ImVec4 background = ImGui::ColorConvertU32ToFloat4(lab.theme().background);
  glViewport(0, 0, width, height);
  glClearColor(background.x, background.y, background.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

ImTextureID Platform::upload(ImTextureID previous, int width, int height, const ImU32* pixels) {
  auto texture = static_cast<GLuint>(reinterpret_cast<uintptr_t>(previous));
  if (texture == 0) glGenTextures(1, &texture);
  glBindTexture(GL_TEXTURE_2D, texture);
  for (const GLenum filter : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER})
    glTexParameteri(GL_TEXTURE_2D, filter, GL_NEAREST);
  for (const GLenum axis : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T})
    glTexParameteri(GL_TEXTURE_2D, axis, GL_CLAMP_TO_EDGE);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
  return reinterpret_cast<ImTextureID>(static_cast<uintptr_t>(texture));
}

}  // namespace cnnlab
