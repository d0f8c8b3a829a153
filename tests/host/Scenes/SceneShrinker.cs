using System;
using System.Collections.Generic;
using System.Linq;

namespace DoorController.Tests.Scenes
{
    /// <summary>Leaves out steps for as long as the same promise stays broken.</summary>
    internal static class SceneShrinker
    {
        private const int MostRuns = 600;

        /// <param name="failure">Of the whole scene.</param>
        /// <returns>Steps that break the same promise, none of which can be left out alone.</returns>
        public static IReadOnlyList<SceneStep> Shrink(Scene scene, SceneFailure failure)
        {
            List<SceneStep> steps = [.. scene.Plan().Take(failure.Step + 1)];
            int runs = 0;
            for (int size = Math.Max(1, steps.Count / 2); size >= 1; size = size == 1 ? 0 : size / 2)
            {
                for (int at = 0; at < steps.Count && runs < MostRuns;)
                {
                    List<SceneStep> fewer = [.. steps.Take(at), .. steps.Skip(at + size)];
                    runs++;
                    if (scene.Play(fewer, new SceneCounts())?.Promise == failure.Promise)
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
