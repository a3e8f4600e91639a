namespace Containerize.Runtime;

internal static class Program
{
    private static int Main() => 1;
}
