using Containerize.Planning;

namespace Containerize.Building;

/// <summary>One platform's publish output with the project's settings as they were evaluated for it.</summary>
/// <param name="Values">Properties and items.</param>
/// <param name="PublishDirectory">The publish folder, absolute.</param>
/// <param name="PublishItems">The build's list of published files.</param>
public sealed record PlatformInput(SettingValues Values, string PublishDirectory, IReadOnlyList<PublishItem> PublishItems);
