using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>What a monitor says.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Number">The first number of it: an exit code or a process id.</param>
/// <param name="Text">The text after that.</param>
internal sealed record MonitorAnswer(ControlMessage Kind, int Number, string Text);
