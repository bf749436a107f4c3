//! Circles among things that refer to each other: found in time linear in things and references.
use crate::syntax::NodeId;

/// Circles among things that arrows join, each with the place of its first arrow: at least one of every knot.
pub(super) fn circles(count: usize, arrows: &[(u32, u32, NodeId)]) -> Vec<(Vec<u32>, NodeId)> {
    // What nothing follows from, or what rests on nothing, is in no circle; neither is what is left without it.
    if arrows.is_empty() {
        return Vec::new();
    }
    let mut out = vec![0u32; count];
    // `incoming[first[n]..first[n + 1]]` are where the arrows to n come from.
    let mut first = vec![0u32; count + 1];
    for &(from, to, _) in arrows {
        out[from as usize] += 1;
        first[to as usize + 1] += 1;
    }
    for index in 0..count {
        first[index + 1] += first[index];
    }
    let mut next = first.clone();
    let mut incoming = vec![0u32; arrows.len()];
    for &(from, to, _) in arrows {
        incoming[next[to as usize] as usize] = from;
        next[to as usize] += 1;
    }
    let mut free: Vec<u32> = (0..count as u32).filter(|&one| out[one as usize] == 0).collect();
    let mut freed = 0;
    while let Some(one) = free.pop() {
        freed += 1;
        for &from in &incoming[first[one as usize] as usize..first[one as usize + 1] as usize] {
            out[from as usize] -= 1;
            if out[from as usize] == 0 {
                free.push(from);
            }
        }
    }
    if freed == count {
        return Vec::new();
    }
    // Everything left has an arrow to something left: following them ends in a circle.
    let mut next: Vec<Option<(u32, NodeId)>> = vec![None; count];
    for &(from, to, at) in arrows {
        if out[from as usize] > 0 && out[to as usize] > 0 && next[from as usize].is_none() {
            next[from as usize] = Some((to, at));
        }
    }
    let mut seen = vec![u32::MAX; count];
    let mut found = Vec::new();
    for start in 0..count as u32 {
        let mut path = Vec::new();
        let mut one = start;
        while seen[one as usize] == u32::MAX {
            let Some((to, at)) = next[one as usize] else { break };
            seen[one as usize] = start;
            path.push((one, at));
            one = to;
        }
        if let Some(entry) = path.iter().position(|(other, _)| *other == one) {
            found.push((path[entry..].iter().map(|(one, _)| *one).collect(), path[entry].1));
        }
    }
    found
}

/// `A -> B -> A`, cut where it is long.
pub(super) fn in_words<'n>(mut names: impl Iterator<Item = &'n str>) -> String {
    let first = names.next().unwrap_or_default();
    let mut words = format!("{first:.80}");
    for (index, name) in names.enumerate() {
        if index == 8 {
            words.push_str(" -> ...");
            break;
        }
        words.push_str(&format!(" -> {name:.80}"));
    }
    format!("{words} -> {first:.80}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_once_and_what_leads_to_them_is_left_out() {
        let arrows =
            |list: &[(u32, u32)]| list.iter().map(|&(a, b)| (a, b, NodeId(a * 10 + b))).collect::<Vec<_>>();
        for (list, expected) in [
            (&[(0, 1), (1, 2), (3, 2)][..], vec![]),
            (&[(0, 0)], vec![(vec![0], NodeId(0))]),
            (&[(0, 1), (1, 2), (2, 1), (3, 0)], vec![(vec![1, 2], NodeId(12))]),
            (&[(0, 1), (1, 0), (2, 3), (3, 2)], vec![(vec![0, 1], NodeId(1)), (vec![2, 3], NodeId(23))]),
        ] {
            assert_eq!(circles(4, &arrows(list)), expected, "{list:?}");
        }
    }
}
