using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;
using Xunit;

namespace Containerize.Runtime.Tests.Documents;

/// <summary>The generated reading and writing of documents, beside that of System.Text.Json.</summary>
public class ReadingAndWriting
{
    [Fact]
    public void TheConfigurationIsWhatTheSerializerReads() => IsAsTheSerializer(RuntimeJson.Default.RuntimeSpec, RuntimeDocuments.ReadRuntimeSpec, RuntimeDocuments.Write);

    [Fact]
    public void AProcessIsWhatTheSerializerReads() => IsAsTheSerializer(RuntimeJson.Default.ProcessSpec, RuntimeDocuments.ReadProcessSpec, RuntimeDocuments.Write);

    [Fact]
    public void LimitsAreWhatTheSerializerReads() => IsAsTheSerializer(RuntimeJson.Default.ResourcesSpec, RuntimeDocuments.ReadResourcesSpec, RuntimeDocuments.Write);

    [Fact]
    public void AStateIsWhatTheSerializerReads() => IsAsTheSerializer(RuntimeJson.Default.ContainerState, RuntimeDocuments.ReadContainerState, RuntimeDocuments.Write);

    [Fact]
    public void OurOwnDocumentsComeBackAsTheyWere()
    {
        var record = RuntimeDocuments.Write(SampleValues.Of<ContainerRecord>());
        Assert.Equal(record, RuntimeDocuments.Write(RuntimeDocuments.ReadContainerRecord(record)));
        var request = RuntimeDocuments.Write(SampleValues.Of<InitRequest>());
        Assert.Equal(request, RuntimeDocuments.Write(RuntimeDocuments.ReadInitRequest(request)));
        var cgroups = RuntimeDocuments.Write(SampleValues.Of<InitCgroups>());
        Assert.Equal(cgroups, RuntimeDocuments.Write(RuntimeDocuments.ReadInitCgroups(cgroups)));
    }

    [Theory]
    [InlineData("a\"b\\c/d", """a\"b\\c/d""")]
    [InlineData("\n\r\t\b\f\0\u001f\u007f", """\n\r\t\u0008\u000c\u0000\u001f\u007f""")]
    [InlineData("<&'+>\u00e4\u20ac\U0001F600", "<&'+>\u00e4\u20ac\U0001F600")]
    public void OfTextOnlyThatIsEscapedWhichMustBe(string text, string escaped)
    {
        var written = Encoding.UTF8.GetString(RuntimeDocuments.Write(new LogLine { Msg = text }));
        Assert.Equal($$"""{"level":"","msg":"{{escaped}}","time":""}""", written);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"startFifo":null,"id":null}""")]
    public void WhatIsNotThereOrNullStaysAsItIsWithout(string json) => Assert.Equal(new InitRequest(), RuntimeDocuments.ReadInitRequest(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void NamesThatNobodyKnowsArePassedOver()
    {
        var read = RuntimeDocuments.ReadRuntimeSpec("""{"x":{"hostname":[1,{"a":null}]},"hostname":"a","y":"z","solaris":{}}"""u8);
        Assert.Equal(new RuntimeSpec { Hostname = "a" }, read);
    }

    [Theory]
    [InlineData("", "$", 0)]
    [InlineData("null", "$", 0)]
    [InlineData("[]", "$", 0)]
    [InlineData("{", "$", 0)]
    [InlineData("{} x", "$", 0)]
    [InlineData("""{"hostname":5}""", "$.hostname", 0)]
    [InlineData("""{"hostname":"a","hostname":"b"}""", "$.hostname", 0)]
    [InlineData("{\n\"process\":\n{\"args\":[\"a\",\n5]}}", "$.process.args[1]", 3)]
    [InlineData("""{"process":{"args":["a",null]}}""", "$.process.args[1]", 0)]
    [InlineData("""{"process":{"user":{"uid":-1}}}""", "$.process.user.uid", 0)]
    [InlineData("""{"process":{"user":{"uid":4294967296}}}""", "$.process.user.uid", 0)]
    [InlineData("""{"process":{"user":{"uid":1.5}}}""", "$.process.user.uid", 0)]
    [InlineData("""{"process":{"terminal":"true"}}""", "$.process.terminal", 0)]
    [InlineData("""{"mounts":[{},{"options":{}}]}""", "$.mounts[1].options", 0)]
    [InlineData("""{"linux":{"sysctl":{"a":"1","a":"2"}}}""", "$.linux.sysctl.a", 0)]
    [InlineData("""{"linux":{"sysctl":{"a":1}}}""", "$.linux.sysctl.a", 0)]
    [InlineData("""{"hostname":"a",}""", "$.hostname", 0)]
    public void WhatIsWrongIsSaidWithItsPlace(string json, string path, long line)
    {
        var error = Assert.Throws<JsonException>(() => RuntimeDocuments.ReadRuntimeSpec(Encoding.UTF8.GetBytes(json)));
        Assert.Equal((path, line), (error.Path, error.LineNumber));
    }

    [Fact]
    public void TextThatIsNotUtf8IsRefused()
    {
        byte[] json = [.. "{\"hostname\":\""u8, 0xFF, .. "\"}"u8];
        Assert.Equal("$.hostname", Assert.Throws<JsonException>(() => RuntimeDocuments.ReadRuntimeSpec(json)).Path);
    }

    [Fact]
    public void DepthIsLimited() => Assert.Throws<JsonException>(() => RuntimeDocuments.ReadRuntimeSpec(
        Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}")));

    private static void IsAsTheSerializer<T>(JsonTypeInfo<T> serializer, Func<ReadOnlySpan<byte>, T> read, Func<T, byte[]> write)
    {
        var value = SampleValues.Of<T>();
        var text = Serialize(value, serializer);
        Assert.Equal(text, Encoding.UTF8.GetString(write(value)));
        Assert.Equal(text, Serialize(read(Encoding.UTF8.GetBytes(text)), serializer));
    }

    // With no more escaped than must be, as we write.
    private static string Serialize<T>(T value, JsonTypeInfo<T> serializer)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(json, value, serializer);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
