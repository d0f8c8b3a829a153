using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Tests.Scenes
{
    /// <summary>Leaves out steps for as long as the same promise stays broken: halves first, then quarters, at last one by one.</summary>
    internal static class SceneShrinker
    {
        private const int MostRuns = 600;

        /// <param name="steps">Steps that break it.</param>
        /// <param name="breaks">True when other steps break it too.</param>
        /// <returns>Fewer steps that do.</returns>
        public static IReadOnlyList<SceneStep> Shrink(IReadOnlyList<SceneStep> steps, Func<IReadOnlyList<SceneStep>, bool> breaks)
        {
            int runs = 0;
            for (int size = Math.Max(1, steps.Count / 2); size >= 1; size /= 2)
            {
                for (int at = 0; at < steps.Count && runs < MostRuns; runs++)
                {
                    SceneStep[] fewer = [.. steps.Take(at), .. steps.Skip(at + size)];
                    if (breaks(fewer))
                    {
                        steps = fewer;
                    }
                    else
                    {
                        at += size;
                    }
                }
            }

            return steps;
        }
    }
}
