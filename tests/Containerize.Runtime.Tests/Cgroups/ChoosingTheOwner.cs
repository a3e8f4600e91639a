using System.Text.Json;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Tests.Documents;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

/// <summary>Whose a container's cgroup is: who may write to it, which only that of a container that mounts it so is for.</summary>
public class ChoosingTheOwner
{
    private const string Mount = """{"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup"}""";
    private const string Maps = ""","uidMappings":[{"containerID":0,"hostID":100000,"size":1000},{"containerID":1000,"hostID":7,"size":1}]""";

    [Theory]
    [InlineData("0", """{"type":"cgroup"}""", "", Mount, 0u)]
    [InlineData("5", """{"type":"cgroup"}""", "", Mount, 5u)]
    [InlineData("0", """{"type":"cgroup"},{"type":"user"}""", Maps, Mount, 100000u)]
    [InlineData("5", """{"type":"cgroup"},{"type":"user"}""", Maps, Mount, 100005u)]
    [InlineData("1000", """{"type":"cgroup"},{"type":"user"}""", Maps, Mount, 7u)]
    [InlineData("1001", """{"type":"cgroup"},{"type":"user"}""", Maps, Mount, null)]
    [InlineData("0", """{"type":"cgroup"},{"type":"user","path":"/proc/1/ns/user"}""", "", Mount, null)]
    [InlineData("0", """{"type":"cgroup","path":"/proc/1/ns/cgroup"}""", "", Mount, null)]
    [InlineData("0", """{"type":"mount"}""", "", Mount, null)]
    [InlineData("0", """{"type":"cgroup"}""", "", """{"destination":"/sys/fs/cgroup/.","source":"cgroup","options":["rw"]}""", 0u)]
    [InlineData("0", """{"type":"cgroup"}""", "", """{"destination":"/sys/fs/cgroup","source":"cgroup","options":["nosuid","ro"]}""", null)]
    [InlineData("0", """{"type":"cgroup"}""", "", """{"destination":"/sys/fs/cgroup","source":"other"}""", null)]
    [InlineData("0", """{"type":"cgroup"}""", "", """{"destination":"/other","source":"cgroup"}""", null)]
    public void ItIsTheProcesssUserWhereItIsMountedWritable(string user, string namespaces, string maps, string mount, uint? owner) =>
        Assert.Equal(owner, CgroupOwner.Of(JsonSerializer.Deserialize(
            $$"""{"process":{"user":{"uid":{{user}} } },"mounts":[{{mount}}],"linux":{"namespaces":[{{namespaces}}]{{maps}} } }""", RuntimeJson.Default.RuntimeSpec)!));
}
