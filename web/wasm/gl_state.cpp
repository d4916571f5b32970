// Dear ImGui's back end asks OpenGL for all its state before each frame, to restore it afterwards. In a browser each
// question waits for the process that draws, tens of milliseconds where that has no hardware. Nobody else draws on the
// lab's canvas, so the back end (web/CMakeLists.txt renames its calls) gets a fixed answer: OpenGL's initial state.
#include <algorithm>

#include <GLES3/gl3.h>

extern "C" {

void cnnlab_gl_integers(GLenum name, GLint* values) {
  switch (name) {
    case GL_MAJOR_VERSION:
      *values = 3;
      return;
    case GL_ACTIVE_TEXTURE:
      *values = GL_TEXTURE0;
      return;
    case GL_BLEND_EQUATION_RGB:
    case GL_BLEND_EQUATION_ALPHA:
      *values = GL_FUNC_ADD;
      return;
    case GL_BLEND_SRC_RGB:
    case GL_BLEND_SRC_ALPHA:
      *values = GL_ONE;
      return;
    case GL_VIEWPORT:
    case GL_SCISSOR_BOX:
      std::fill_n(values, 4, 0);
      return;
    default:
      *values = 0;  // nothing bound, blend factors of zero, no extensions
  }
}

GLboolean cnnlab_gl_enabled(GLenum) { return GL_FALSE; }
}
